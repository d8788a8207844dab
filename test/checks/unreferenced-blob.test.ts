import { describe, expect, it } from "vitest";
import { blobPath, repositoriesPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf, scanWorld } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

const day = 24 * 3600 * 1000;
const tomorrow = () => Date.now() + day + 1000;

describe("unreferenced-blob", () => {
  it("counts what nothing references, and its bytes, once a root", async () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    world.blob("one");
    world.blob("three");
    expect(await findingsOf(world, { now: tomorrow() })).toEqual([
      { code: "unreferenced-blob", severity: "info", path: "docker/registry/v2/blobs", affects: [] },
    ]);
    const { findings } = await scanWorld(world, { now: tomorrow() });
    expect(findings[0]?.message).toContain("2 blobs of 8 bytes");
  });

  it("counts a layer that a repository links and no manifest wants", async () => {
    const world = new World();
    const app = world.repository("team/app");
    app.image("1.0");
    app.layer("seven b");
    const { findings } = await scanWorld(world, { now: tomorrow() });
    expect(findings).toMatchObject([{ code: "unreferenced-blob" }]);
    expect(findings[0]?.message).toContain("1 blob of 7 bytes");
  });

  it("does not count blobs younger than a day: a push may be under way", async () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    const { digest } = world.blob("young");
    expect(await findingsOf(world)).toEqual([]);
    const now = Date.now();
    world.touch(blobPath(digest), now - day + 1000);
    expect(await findingsOf(world, { now })).toEqual([]);
    world.touch(blobPath(digest), now - day - 1000);
    expect(await findingsOf(world, { now })).toMatchObject([{ code: "unreferenced-blob" }]);
  });

  it("does not count what an untagged revision, an index or a layer alias references", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const stored = app.layer("by sha512");
    const alias = digestOf("by sha512", "sha512");
    app.link("layer", alias, stored.digest);
    const image = app.image(undefined, [{ ...stored, digest: alias }]);
    const unlinked = app.manifest({ schemaVersion: 2, config: image.config, layers: image.layers });
    app.indexOf([image, unlinked], "1.0");
    world.removeEntry(revisionLinkPath("team/app", unlinked.digest));
    const found = await findingsOf(world, { now: tomorrow() });
    expect(found.map(({ code }) => code)).toEqual(["unlinked-child"]);
  });

  it("does not count what a tag names that no client can ask for: collection keeps it without -m", async () => {
    const world = new World();
    const app = world.repository("team/app");
    app.tag(".hidden", app.image().digest);
    expect(await findingsOf(world, { now: tomorrow() })).toEqual([]);
  });

  it("is not said where only some repositories were read: others may need the blobs", async () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    world.repository("team/other").image("1.0");
    expect(await findingsOf(world, { now: tomorrow(), repositories: ["team/app"] })).toEqual([]);
  });

  it("is said in a cache, too", async () => {
    const world = new World();
    world.blob("old");
    world.mkdir(`${repositoriesPath}/team/app/_layers`);
    const found = await findingsOf(world, { now: tomorrow(), kind: "cache" });
    expect(found).toMatchObject([{ code: "unreferenced-blob" }]);
  });
});
