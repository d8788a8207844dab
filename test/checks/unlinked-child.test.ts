import { describe, expect, it } from "vitest";
import { blobPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

/** A tagged index of two platforms whose arm64 child has lost its revision link, as after a collection with -m. */
function worldWithUnlinkedChild() {
  const world = new World();
  const app = world.repository("team/app");
  const child = app.image();
  const index = app.index({ "linux/amd64": app.image(), "linux/arm64": child }, "1.0");
  const path = revisionLinkPath("team/app", child.digest);
  world.removeEntry(path);
  return { world, app, child, index, path };
}

describe("unlinked-child", () => {
  it("names the child that is stored, but not linked in the repository", async () => {
    const { world, child, index, path } = worldWithUnlinkedChild();
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toEqual([
      {
        code: "unlinked-child",
        severity: "error",
        repository: "team/app",
        digest: child.digest,
        parent: index.digest,
        role: "child",
        platform: "linux/arm64",
        path,
        affects: ["team/app:1.0"],
      },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm64]"]);
  });

  it("says whether writing the link back fixes it", async () => {
    const { world, child } = worldWithUnlinkedChild();
    const remedyNow = async () => (await scanWorld(world)).findings[0]?.remedy;
    expect(await remedyNow()).toContain("write its revision link back");
    world.removeEntry(blobPath(child.layers[0]!.digest));
    expect(await remedyNow()).toContain("push this platform's image again");
  });

  it("says nothing about what a client never gets to", async () => {
    const { world, child } = worldWithUnlinkedChild();
    for (const { digest } of [child.config, ...child.layers]) world.removeEntry(blobPath(digest));
    const found = await findingsOf(world);
    expect(found.map(({ code }) => code)).toEqual(["unlinked-child", "orphan-layer-link", "orphan-layer-link"]);
  });

  it("is one finding an index that names it", async () => {
    const { world, app, child, index } = worldWithUnlinkedChild();
    const other = app.index({ "linux/arm64": child }, "2.0");
    const found = await findingsOf(world);
    expect(found.map(({ parent, affects }) => ({ parent, affects }))).toEqual(
      expect.arrayContaining([
        { parent: index.digest, affects: ["team/app:1.0"] },
        { parent: other.digest, affects: ["team/app:2.0"] },
      ]),
    );
    expect(found).toHaveLength(2);
  });

  it("is a warning where the index has no tag", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const child = app.image();
    app.index({ "linux/amd64": child });
    world.removeEntry(revisionLinkPath("team/app", child.digest));
    expect(await findingsOf(world)).toMatchObject([{ code: "unlinked-child", severity: "warning", affects: [] }]);
  });

  it("is said of an empty revision folder", async () => {
    const { world, path } = worldWithUnlinkedChild();
    world.mkdir(path.replace(/\/link$/, ""));
    expect(await findingsOf(world)).toMatchObject([{ code: "unlinked-child", path }]);
  });

  it("is not said of a child that only a layer link holds, as registry 2.1.0 wrote them", async () => {
    const { world, app, child } = worldWithUnlinkedChild();
    app.link("layer", child.digest);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said in a cache", async () => {
    const { world } = worldWithUnlinkedChild();
    expect(await findingsOf(world, { kind: "cache" })).toEqual([]);
  });
});
