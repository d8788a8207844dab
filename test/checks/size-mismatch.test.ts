import { describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { failing, recorded } from "../worlds/watched-fs.ts";
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
      {
        code: "size-mismatch",
        role: "child",
        digest: child.digest,
        parent: index.digest,
        platform: "linux/arm64",
        path: blobPath(index.digest),
      },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm64]"]);
  });

  it("finds fault with the manifest alone where the blob is what its digest says, so that nobody moves it away", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const layer = app.layer();
    app.image("sound", [layer]);
    const wrong = app.image("wrong", [{ ...layer, size: layer.size + 1 }]);
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toMatchObject([
      { digest: layer.digest, parent: wrong.digest, path: blobPath(wrong.digest), affects: ["team/app:wrong"] },
    ]);
    expect(report.findings[0]?.remedy).toMatch(/^rebuild the image .+ leave the blob where it is/);
  });

  it("hashes what is too short by its size once, however many name it, and nothing else", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const [cut, whole] = [app.layer(), app.layer()];
    for (const tag of ["1.0", "2.0"]) app.image(tag, [cut, whole]);
    world.write(blobPath(cut.digest), "short");
    const { fs, paths: opened } = recorded(world.fs, "openSync");
    await scanWorld(world, { fs });
    expect(opened.filter((path) => path.endsWith(blobPath(cut.digest)))).toHaveLength(1);
    expect(opened.filter((path) => path.endsWith(blobPath(whole.digest)))).toEqual([]);
  });

  it("leaves open who is wrong where the file cannot be read", async () => {
    const world = new World();
    const { config } = world.repository("team/app").image("1.0");
    world.write(blobPath(config.digest), "short");
    const fs = failing(world.fs, "EACCES", new RegExp(blobPath(config.digest)), ["openSync"]);
    const { findings } = await scanWorld(world, { fs });
    expect(findings[0]?.remedy).toMatch(/^compare sha256sum of the file with its digest: /);
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
