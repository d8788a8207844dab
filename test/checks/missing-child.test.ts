import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

/** An index of two platforms whose arm64 child is gone from the store. */
function worldWithoutChild(tag?: string) {
  const world = new World();
  const app = world.repository("team/app");
  const child = app.image();
  const index = app.index({ "linux/amd64": app.image(), "linux/arm64": child }, tag);
  world.removeEntry(blobPath(child.digest));
  return { world, app, child, index };
}

describe("missing-child", () => {
  it("names the child of a tagged index that is gone, linked as it is", async () => {
    const { world, child, index } = worldWithoutChild("1.0");
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toEqual([
      {
        code: "missing-child",
        severity: "error",
        repository: "team/app",
        digest: child.digest,
        parent: index.digest,
        role: "child",
        platform: "linux/arm64",
        path: blobPath(child.digest),
        affects: ["team/app:1.0"],
      },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm64]"]);
  });

  it("is the same when the link is gone as well", async () => {
    const { world, child } = worldWithoutChild("1.0");
    world.removeEntry(revisionLinkPath("team/app", child.digest));
    expect(await findingsOf(world)).toMatchObject([{ code: "missing-child", digest: child.digest }]);
  });

  it("is a warning where the index has no tag", async () => {
    const { world } = worldWithoutChild();
    expect(await findingsOf(world)).toMatchObject([{ code: "missing-child", severity: "warning", affects: [] }]);
  });

  it("breaks the tags of all indexes above it, to any depth", async () => {
    const { world, app, child, index } = worldWithoutChild("1.0");
    const nested = app.indexOf([index], "nested");
    app.indexOf([nested], "deep");
    expect(await findingsOf(world)).toMatchObject([
      { code: "missing-child", digest: child.digest, affects: ["team/app:1.0", "team/app:deep", "team/app:nested"] },
    ]);
  });

  it("breaks every platform that the child stands for", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const child = app.image();
    app.index({ "linux/arm": child, "linux/arm64": child, "linux/amd64": app.image() }, "1.0");
    world.removeEntry(blobPath(child.digest));
    const report = await scanWorld(world);
    expect(report.findings).toMatchObject([{ code: "missing-child", platform: "linux/arm" }]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm linux/arm64]"]);
  });

  it("names the index of a child that is no digest", async () => {
    const world = new World();
    const index = world.repository("team/app").indexOf([{ digest: "sha256:short", size: 3 }], "1.0");
    expect(await findingsOf(world)).toMatchObject([
      { code: "missing-child", digest: "sha256:short", path: blobPath(index.digest) },
    ]);
  });

  it("names the blob that a link to something else says", async () => {
    const { world, app, child } = worldWithoutChild("1.0");
    const other = digestOf("another manifest");
    app.link("revision", child.digest, other);
    const found = await findingsOf(world);
    expect(found.find(({ code }) => code === "missing-child")).toMatchObject({ path: blobPath(other) });
  });

  it("is not said in a cache: nobody pulled that platform", async () => {
    const { world, child } = worldWithoutChild("1.0");
    world.removeEntry(revisionLinkPath("team/app", child.digest));
    const report = await scanWorld(world, { kind: "cache" });
    expect(report.findings).toEqual([]);
    expect(report.brokenTags).toEqual([]);
  });
});
