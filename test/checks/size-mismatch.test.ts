import { describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

describe("size-mismatch", () => {
  it.each(["config", "layer"] as const)("names the %s that is too short", async (role) => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    const { digest, size } = role === "config" ? image.config : image.layers[0]!;
    world.write(blobPath(digest), "");
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toEqual([
      {
        code: "size-mismatch",
        severity: "error",
        repository: "team/app",
        digest,
        parent: image.digest,
        role,
        path: blobPath(digest),
        affects: ["team/app:1.0"],
      },
    ]);
    expect(report.findings[0]?.message).toContain(`expected size ${size} bytes, actual size 0 bytes`);
    expect(brokenImages(report)).toEqual(["team/app:1.0"]);
  });

  it("names a child of another size than its index says", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const child = app.image();
    const index = app.index({ "linux/arm64": { ...child, size: child.size + 1 } }, "1.0");
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toMatchObject([
      { code: "size-mismatch", role: "child", digest: child.digest, parent: index.digest, platform: "linux/arm64" },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm64]"]);
  });

  it("looks at each descriptor where a blob is named twice", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const layer = app.layer();
    app.image("1.0", [layer, { ...layer, size: layer.size + 1 }]);
    expect(await findingsOf(world)).toMatchObject([{ code: "size-mismatch", digest: layer.digest }]);
  });

  it("is a warning where only an untagged revision wants it", async () => {
    const world = new World();
    const { config } = world.repository("team/app").image();
    world.write(blobPath(config.digest), "short");
    expect(await findingsOf(world)).toMatchObject([{ code: "size-mismatch", severity: "warning", affects: [] }]);
  });

  it("is said in a cache, too", async () => {
    const world = new World();
    const { config } = world.repository("team/app").image("1.0");
    world.write(blobPath(config.digest), "short");
    const report = await scanWorld(world, { kind: "cache" });
    expect(report.findings).toMatchObject([{ code: "size-mismatch", digest: config.digest }]);
    expect(brokenImages(report)).toEqual(["team/app:1.0"]);
  });

  it("is not said of the blob of no bytes", async () => {
    const world = new World();
    const app = world.repository("team/app");
    app.image("1.0", [app.layer("")]);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said where the descriptor has no size, as in schema 1", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const layer = app.layer();
    app.image("1.0", [{ digest: layer.digest } as typeof layer]);
    app.manifest(
      JSON.stringify({
        schemaVersion: 1,
        name: "team/app",
        tag: "old",
        architecture: "amd64",
        fsLayers: [{ blobSum: layer.digest }],
        history: [{ v1Compatibility: "{}" }],
      }),
      "old",
    );
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is not said of a layer that clients fetch from elsewhere", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const layer = app.layer("here all the same");
    app.image("1.0", [{ digest: digestOf("here all the same"), size: layer.size + 1, urls: ["https://example.com"] }]);
    expect(await findingsOf(world)).toEqual([]);
  });
});
