import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { DiskState } from "../../src/facts/facts.ts";
import { type Claim, claimsOf } from "../../src/graph/claims.ts";
import { graphOf } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

/** The claims about digests and all tags of the only repository. */
function claimsAbout(world: World, digests: string[], suspects: string[] = []) {
  const graph = graphOf(world);
  const repository = graph.repositories()[0]!;
  const ids = (texts: string[]) => texts.map((text) => graph.digests.addText(text));
  const tags = Array.from({ length: repository.tags.end - repository.tags.first }, (_, i) => repository.tags.first + i);
  return [...claimsOf(graph, repository, { digests: ids(digests), suspects: ids(suspects), tags })].map(plain);
}

/** A claim as plain data, without what it is about in numbers. */
function plain(claim: Claim) {
  if (claim.kind === "link") {
    const { kind, path, state, target } = claim;
    return { kind, path, state, target };
  }
  if (claim.kind === "folder") return { kind: claim.kind, path: claim.path, present: claim.present };
  if (claim.kind !== "blob") return claim;
  const { kind, path, digest, state, size } = claim;
  return { kind, path, digest, state, size };
}

describe("claimsOf", () => {
  it("leaves out what was read over and is as it was, and no more", () => {
    const world = new World();
    const app = world.repository("team/app");
    const { digest, config } = app.image("1.0");
    world.write(blobPath(digest), "corrupt");
    const graph = graphOf(world);
    const repository = graph.repositories()[0]!;
    const [suspect, blob] = [digest, config.digest].map((text) => graph.digests.find(text)) as [number, number];
    const about = { digests: [suspect, blob], suspects: [suspect], tags: [...repository.tags] };
    const kinds = (links: boolean, blobs: readonly number[]) => {
      const asRead = { repository: () => links, blob: (one: number) => blobs.includes(one) };
      return claimsOf(graph, repository, about, asRead).map(({ kind }) => kind);
    };
    expect(kinds(false, [])).toEqual([...Array(5).fill("link"), "blob", "manifest", "blob"]);
    expect(kinds(true, [])).toEqual(["blob", "manifest", "blob"]);
    expect(kinds(true, [blob])).toEqual(["blob", "manifest"]);
    expect(kinds(true, [suspect, blob])).toEqual(["manifest"]);
  });

  it("names both links of a digest and its blob, there or not", () => {
    const world = new World();
    const { config } = world.repository("team/app").image();
    expect(claimsAbout(world, [config.digest])).toEqual([
      { kind: "link", path: revisionLinkPath("team/app", config.digest), state: DiskState.absent, target: "" },
      { kind: "link", path: layerLinkPath("team/app", config.digest), state: DiskState.ok, target: config.digest },
      { kind: "blob", path: blobPath(config.digest), digest: config.digest, state: DiskState.ok, size: config.size },
    ]);
    expect(claimsAbout(world, [digestOf("never pushed")]).map((claim) => "state" in claim && claim.state)).toEqual([
      DiskState.absent,
      DiskState.absent,
      DiskState.absent,
    ]);
  });

  it("follows a link that leads to another blob", () => {
    const world = new World();
    const app = world.repository("team/app");
    const { config, layers } = app.image();
    const { digest } = layers[0]!;
    app.link("layer", digest, config.digest);
    const claims = claimsAbout(world, [digest]);
    expect(claims).toContainEqual(
      expect.objectContaining({ kind: "link", path: layerLinkPath("team/app", digest), target: config.digest }),
    );
    expect(claims.flatMap((claim) => (claim.kind === "blob" ? [claim.digest] : []))).toEqual([digest, config.digest]);
  });

  it("names what a tag says, and the folder of a tag that says nothing", () => {
    const world = new World();
    const app = world.repository("team/app");
    const { digest } = app.image("1.0");
    app.tag("2.0", digest);
    world.removeEntry(tagLinkPath("team/app", "2.0"));
    expect(claimsAbout(world, [])).toEqual([
      { kind: "link", path: tagLinkPath("team/app", "1.0"), state: DiskState.ok, target: digest },
      { kind: "folder", path: tagLinkPath("team/app", "2.0").replace("/current/link", ""), present: true },
      { kind: "link", path: tagLinkPath("team/app", "2.0"), state: DiskState.absent, target: "" },
    ]);
  });

  it("asks for the content of a manifest only where that is in question", () => {
    const world = new World();
    const { digest, size } = world.repository("team/app").image();
    const kinds = (claims: { kind: string }[]) => claims.map(({ kind }) => kind);
    expect(kinds(claimsAbout(world, [digest]))).not.toContain("manifest");
    expect(claimsAbout(world, [digest], [digest])).toContainEqual({
      kind: "manifest",
      path: blobPath(digest),
      digest,
      size,
      corrupt: false,
    });
  });

  it("has nothing to say of text that is not a digest", () => {
    const world = new World();
    world.repository("team/app").image();
    expect(claimsAbout(world, ["latest", ""])).toEqual([]);
  });
});
