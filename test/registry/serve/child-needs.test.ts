import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { ChildNeeds } from "../../../src/registry/serve/child-needs.ts";
import { pullAll } from "../../../src/registry/serve/pull.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { type Descriptor, onPlatform, World } from "../../worlds/world.ts";

const amd64Only = [{ repository: "mirror/**", wanted: ["linux/amd64"] }];

function attestation(of: Descriptor): Descriptor {
  const annotations = { "vnd.docker.reference.type": "attestation-manifest" };
  return { ...onPlatform("unknown/unknown", of), annotations };
}

describe("ChildNeeds", () => {
  it.each([
    ["linux/amd64", ["linux/amd64"], "required"],
    ["linux/arm64", ["linux/amd64"], "unwanted"],
    ["linux/arm/v7", ["linux/arm"], "required"],
    ["linux/arm/v7", ["linux/arm/v6"], "unwanted"],
    ["linux/arm64", ["linux/arm64/v8"], "required"],
    ["linux/arm64/v8", ["linux/arm64"], "required"],
    ["windows/amd64", ["linux/*"], "unwanted"],
    ["linux/s390x", ["linux/{amd64,s390x}"], "required"],
    [undefined, ["linux/amd64"], "required"],
  ] as const)("of %s where %j is wanted is %s", (platform, wanted, need) => {
    const manifests = { role: () => 2, platform: () => platform, isAttestation: () => false } as never;
    const needs = (repository: string) =>
      new ChildNeeds({ manifests }, "private", repository, [{ root: "pri*", repository: "mirror/*", wanted }]);
    expect(needs("mirror/app").of(0)).toBe(need);
    expect(needs("team/app").of(0)).toBe("required");
  });
});

describe("pulling by platform", () => {
  function sparse(repository: string) {
    const world = new World();
    const app = world.repository(repository);
    const [amd64, arm64] = [app.image(), app.image()];
    const index = app.index({ "linux/amd64": amd64, "linux/arm64": arm64 }, "1.0");
    return { world, app, amd64, arm64, index };
  }
  const pulled = (world: World, platforms = amd64Only) => {
    const { brokenTags, problems } = pullAll(graphOf(world), { platforms });
    return { brokenTags, problems: [...problems] };
  };

  it("breaks no tag where only what is not wanted is missing, at any depth", () => {
    const { world, arm64 } = sparse("mirror/app");
    world.removeEntry(blobPath(arm64.layers[0]!.digest));
    expect(pulled(world)).toMatchObject({ brokenTags: [], problems: [{ isUnwanted: true, tags: [] }] });
    world.removeEntry(revisionLinkPath("mirror/app", arm64.digest));
    world.removeEntry(blobPath(arm64.digest));
    expect(pulled(world)).toMatchObject({ brokenTags: [], problems: [{ isUnwanted: true, tags: [] }] });
    expect(pulled(world, []).brokenTags).toHaveLength(1);
  });

  it("breaks the tags of what a wanted platform needs too, and no other", () => {
    const { world, app, arm64 } = sparse("mirror/app");
    app.tag("arm", arm64.digest);
    world.removeEntry(blobPath(arm64.layers[0]!.digest));
    const { brokenTags, problems } = pulled(world);
    expect(brokenTags).toHaveLength(1);
    expect(problems).toMatchObject([{ isUnwanted: false, tags: [expect.anything()] }]);
  });

  it("takes a child that is named for both for one that is needed", () => {
    const world = new World();
    const app = world.repository("mirror/app");
    const image = app.image();
    app.index({ "linux/arm64": image, "linux/amd64": image }, "1.0");
    world.removeEntry(blobPath(image.digest));
    const { brokenTags, problems } = pulled(world);
    expect(brokenTags).toMatchObject([{ platforms: ["linux/amd64"] }]);
    expect(problems).toMatchObject([{ isUnwanted: false }]);
  });

  it("breaks no tag where only an attestation is missing", () => {
    const world = new World();
    const app = world.repository("app");
    const provenance = app.image();
    app.indexOf([onPlatform("linux/amd64", app.image()), attestation(provenance)], "1.0");
    world.removeEntry(revisionLinkPath("app", provenance.digest));
    expect(pulled(world)).toMatchObject({ brokenTags: [], problems: [{ isUnwanted: false, tags: [] }] });
  });
});
