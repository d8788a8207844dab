import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

describe("dangling-tag", () => {
  const losses: [string, (world: World, digest: string) => void, RegExp][] = [
    ["has no link", (world, digest) => world.removeEntry(revisionLinkPath("team/app", digest)), /no link to: 404/],
    ["is not in the store", (world, digest) => world.removeEntry(blobPath(digest)), /not in the store: 404/],
    [
      "has a file for its folder in the store",
      (world, digest) => world.fileForFolder(blobPath(digest).replace(/\/data$/, "")),
      /not a directory: 500/,
    ],
  ];
  it.each(losses)("names the tag whose manifest %s", async (_, lose, message) => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    lose(world, image.digest);
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toEqual([
      {
        code: "dangling-tag",
        severity: "error",
        repository: "team/app",
        tag: "1.0",
        digest: image.digest,
        path: tagLinkPath("team/app", "1.0"),
        affects: ["team/app:1.0"],
      },
    ]);
    expect(report.findings[0]?.message).toMatch(message);
    expect(report.brokenTags).toMatchObject([{ tag: "1.0", digest: image.digest, platforms: [] }]);
  });

  it("names a tag that has no current link", async () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    world.removeEntry(tagLinkPath("team/app", "1.0"));
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toEqual([
      {
        code: "dangling-tag",
        severity: "error",
        repository: "team/app",
        tag: "1.0",
        path: tagLinkPath("team/app", "1.0"),
        affects: ["team/app:1.0"],
      },
    ]);
    expect(report.brokenTags).toMatchObject([{ tag: "1.0", digest: null }]);
  });

  it("is one finding a tag", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const gone = digestOf("gone");
    app.tag("1.0", gone);
    app.tag("latest", gone);
    const found = await findingsOf(world);
    expect(found.map(({ tag, affects }) => [tag, affects])).toEqual([
      ["1.0", ["team/app:1.0"]],
      ["latest", ["team/app:latest"]],
    ]);
  });

  it("is not said of a manifest that only a layer link holds, as registry 2.1.0 wrote them", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const { digest } = app.image("1.0");
    world.removeEntry(revisionLinkPath("team/app", digest));
    app.link("layer", digest);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said of a name that no client can ask for", async () => {
    const world = new World();
    world.repository("team/app").tag(".hidden", digestOf("gone"));
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said in a cache, which fetches the manifest", async () => {
    const world = new World();
    world.repository("team/app").tag("1.0", digestOf("gone"));
    const report = await scanWorld(world, { kind: "cache" });
    expect(report.findings).toEqual([]);
    expect(report.brokenTags).toEqual([]);
  });
});
