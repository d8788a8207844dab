import { describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

describe("missing-blob", () => {
  it.each(["config", "layer"] as const)("names the %s that a tagged image has lost", async (role) => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    const { digest } = role === "config" ? image.config : image.layers[0]!;
    world.removeEntry(blobPath(digest));
    expect(await findingsOf(world)).toEqual([
      {
        code: "missing-blob",
        severity: "error",
        repository: "team/app",
        digest,
        parent: image.digest,
        role,
        path: blobPath(digest),
        affects: ["team/app:1.0"],
      },
    ]);
  });

  it("names the platform and every tag that reaches it", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const arm = app.image();
    const children = { "linux/amd64": app.image(), "linux/arm64": arm };
    app.index(children, "1.0");
    app.index({ ...children, "linux/s390x": app.image() }, "2.0");
    app.image("other");
    const { digest } = arm.layers[0]!;
    world.removeEntry(blobPath(digest));
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toMatchObject([
      { code: "missing-blob", digest, platform: "linux/arm64", affects: ["team/app:1.0", "team/app:2.0"] },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm64]", "team/app:2.0 [linux/arm64]"]);
  });

  it("is one finding a manifest that wants it", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const layer = app.layer();
    const images = [app.image("1.0", [layer]), app.image("2.0", [layer, layer])];
    world.removeEntry(blobPath(layer.digest));
    const found = await findingsOf(world);
    expect(found.map(({ parent, affects }) => [parent, affects])).toEqual([
      [images[0]!.digest, ["team/app:1.0"]],
      [images[1]!.digest, ["team/app:2.0"]],
    ]);
  });

  it("is a warning where only an untagged revision wants it", async () => {
    const world = new World();
    const image = world.repository("team/app").image();
    world.removeEntry(blobPath(image.config.digest));
    expect(await findingsOf(world)).toMatchObject([{ code: "missing-blob", severity: "warning", affects: [] }]);
  });

  it("counts a folder called data as no blob", async () => {
    const world = new World();
    const path = blobPath(world.repository("team/app").image("1.0").config.digest);
    world.remove(path);
    world.mkdir(path);
    expect(await findingsOf(world)).toMatchObject([{ code: "missing-blob", path }]);
  });

  it("names the stored blob of a layer that was pushed by sha512", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const stored = app.layer("pushed by sha512");
    const alias = digestOf("pushed by sha512", "sha512");
    app.link("layer", alias, stored.digest);
    app.image("1.0", [{ ...stored, digest: alias }]);
    world.removeEntry(blobPath(stored.digest));
    const found = await findingsOf(world);
    expect(found).toMatchObject([
      { code: "missing-blob", digest: alias, path: blobPath(stored.digest) },
      { code: "orphan-layer-link", digest: stored.digest },
    ]);
  });

  it("names the manifest of a reference that is no digest", async () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0", [{ digest: "latest", size: 3 }]);
    expect(await findingsOf(world)).toMatchObject([
      { code: "missing-blob", digest: "latest", path: blobPath(image.digest) },
    ]);
  });

  it("is said of what is neither stored nor linked, too", async () => {
    const world = new World();
    const absent = { digest: digestOf("absent"), size: 6 };
    world.repository("team/app").image("1.0", [absent]);
    expect(await findingsOf(world)).toMatchObject([{ code: "missing-blob", digest: absent.digest }]);
  });

  it("is not said of a layer that clients fetch from elsewhere", async () => {
    const world = new World();
    const app = world.repository("team/app");
    app.image("1.0", [{ digest: digestOf("absent"), size: 6, urls: ["https://example.com/layer"] }]);
    expect(await findingsOf(world)).toEqual([]);
    app.image("2.0", [{ digest: digestOf("absent"), size: 6, urls: [] }]);
    expect(await findingsOf(world)).toMatchObject([{ code: "missing-blob", affects: ["team/app:2.0"] }]);
  });

  it("is not said in a cache, which fetches what is missing", async () => {
    const world = new World();
    const { config } = world.repository("team/app").image("1.0");
    world.removeEntry(blobPath(config.digest));
    const report = await scanWorld(world, { kind: "cache" });
    expect(report.findings.map(identity)).toMatchObject([{ code: "expired-blob", digest: config.digest }]);
    expect(report.brokenTags).toEqual([]);
  });
});
