import { describe, expect, it } from "vitest";
import { layerLinkPath, revisionLinkPath, tagHistoryLinkPath, tagLinkPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

describe("malformed-link", () => {
  it("names a layer link that is empty, and every tag that needs it", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const layer = app.layer();
    app.image("1.0", [layer]);
    app.image("2.0", [layer]);
    const path = layerLinkPath("team/app", layer.digest);
    world.write(path, "");
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toEqual([
      {
        code: "malformed-link",
        severity: "error",
        repository: "team/app",
        digest: layer.digest,
        path,
        affects: ["team/app:1.0", "team/app:2.0"],
      },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0", "team/app:2.0"]);
  });

  it("names the revision link of a tagged manifest", async () => {
    const world = new World();
    const { digest } = world.repository("team/app").image("1.0");
    const path = revisionLinkPath("team/app", digest);
    world.write(path, `${digest}\n`);
    expect(await findingsOf(world)).toMatchObject([
      { code: "malformed-link", digest, path, affects: ["team/app:1.0"] },
    ]);
  });

  it("names the platform of a child's revision link", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const child = app.image();
    app.index({ "linux/arm64": child }, "1.0");
    world.write(revisionLinkPath("team/app", child.digest), "");
    const report = await scanWorld(world);
    expect(report.findings).toMatchObject([
      { code: "malformed-link", digest: child.digest, platform: "linux/arm64", affects: ["team/app:1.0"] },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm64]"]);
  });

  it("names a tag's current link", async () => {
    const world = new World();
    world.repository("team/app").image("1.0");
    const path = tagLinkPath("team/app", "1.0");
    world.write(path, "sha256:ABC");
    expect((await scanWorld(world)).findings.map(identity)).toEqual([
      {
        code: "malformed-link",
        severity: "error",
        repository: "team/app",
        tag: "1.0",
        path,
        affects: ["team/app:1.0"],
      },
    ]);
  });

  it.each(["layer", "revision"] as const)(
    "names a %s link that nothing needs: collection aborts all the same",
    async (kind) => {
      const world = new World();
      const app = world.repository("team/app");
      const path = app.link(kind, app.layer().digest, "no digest");
      expect(await findingsOf(world)).toMatchObject([{ code: "malformed-link", severity: "error", path, affects: [] }]);
    },
  );

  it("names a folder where the link should be", async () => {
    const world = new World();
    const { digest } = world.repository("team/app").image("1.0");
    const path = revisionLinkPath("team/app", digest);
    world.remove(path);
    world.mkdir(path);
    expect(await findingsOf(world)).toMatchObject([{ code: "malformed-link", path, affects: ["team/app:1.0"] }]);
  });

  it("does not fall back on the layer link", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const { digest } = app.image("1.0");
    app.link("layer", digest);
    world.write(revisionLinkPath("team/app", digest), "");
    expect(await findingsOf(world)).toMatchObject([{ code: "malformed-link", affects: ["team/app:1.0"] }]);
  });

  it("is said once of a manifest whose only link is a malformed layer link", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const { digest } = app.image("1.0");
    world.removeEntry(revisionLinkPath("team/app", digest));
    const path = app.link("layer", digest, "");
    expect(await findingsOf(world)).toMatchObject([{ code: "malformed-link", path, affects: ["team/app:1.0"] }]);
  });

  it("is said in a cache, too", async () => {
    const world = new World();
    const { config } = world.repository("team/app").image("1.0");
    world.write(layerLinkPath("team/app", config.digest), "");
    expect(await findingsOf(world, { kind: "cache" })).toMatchObject([{ code: "malformed-link" }]);
  });

  it("is not said of empty digest folders, nor of history links, which the registry never reads", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const { digest } = app.image("1.0");
    const other = app.layer().digest;
    world.mkdir(revisionLinkPath("team/app", other).replace(/\/link$/, ""));
    world.remove(layerLinkPath("team/app", other));
    world.write(tagHistoryLinkPath("team/app", "1.0", digest), "");
    expect(await findingsOf(world)).toEqual([]);
  });
});
