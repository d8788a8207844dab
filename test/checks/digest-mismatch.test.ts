import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { digestOf, World } from "../worlds/world.ts";

/** Changes one letter of a manifest in the store; it is as long as before and means the same. */
function rot(world: World, digest: string): void {
  const path = blobPath(digest);
  const text = world.memory.readFileSync(`${world.root}/${path}`, "utf8") as string;
  world.write(path, text.replace('"os":"linux"', '"os":"linuX"').replace("application/json", "application/jsoN"));
}

describe("digest-mismatch", () => {
  it("names a tagged manifest whose bytes have changed, and nothing below it", async () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    rot(world, image.digest);
    world.removeEntry(blobPath(image.layers[0]!.digest));
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toEqual([
      {
        code: "digest-mismatch",
        severity: "error",
        repository: "team/app",
        digest: image.digest,
        path: blobPath(image.digest),
        affects: ["team/app:1.0"],
      },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0"]);
  });

  it("names the platform of a corrupt child", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const child = app.image();
    app.index({ "linux/amd64": app.image(), "linux/arm64": child }, "1.0");
    rot(world, child.digest);
    const report = await scanWorld(world);
    expect(report.findings).toMatchObject([
      { code: "digest-mismatch", digest: child.digest, platform: "linux/arm64", affects: ["team/app:1.0"] },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm64]"]);
  });

  it("says which part of the image is corrupt, but for a manifest, which is its own part", async () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    world.write(blobPath(image.config.digest), Buffer.alloc(image.config.size));
    const [finding] = await findingsOf(world, { options: ["--verify-content"] });
    expect(finding).toMatchObject({ code: "digest-mismatch", role: "config" });
    world.write(blobPath(image.digest), "x".repeat(image.size));
    for (const found of await findingsOf(world)) expect(found).not.toHaveProperty("role");
  });

  it("is said of a corrupt manifest that is no manifest any more, and not invalid-manifest", async () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    world.write(blobPath(image.digest), "\0".repeat(image.size));
    const { findings } = await scanWorld(world);
    expect(findings).toMatchObject([{ code: "digest-mismatch", digest: image.digest }]);
    expect(findings[0]?.message).toContain("500");
  });

  it("names a revision link that leads to another manifest", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const [image, other] = [app.image("1.0"), app.image("2.0")];
    app.link("revision", image.digest, other.digest);
    expect(await findingsOf(world)).toMatchObject([
      {
        code: "digest-mismatch",
        digest: image.digest,
        path: revisionLinkPath("team/app", image.digest),
        affects: ["team/app:1.0"],
      },
    ]);
  });

  it("names a layer link that leads to another blob, and the manifest that wants it", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const image = app.image("1.0");
    const { digest } = image.layers[0]!;
    app.link("layer", digest, image.config.digest);
    expect(await findingsOf(world)).toMatchObject([
      {
        code: "digest-mismatch",
        digest,
        parent: image.digest,
        role: "layer",
        path: layerLinkPath("team/app", digest),
        affects: ["team/app:1.0"],
      },
    ]);
  });

  it("names a sha256 layer whose link leads to a blob of another algorithm", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const layer = app.layer("layer");
    const image = app.image("1.0", [layer]);
    const other = digestOf("other", "sha512");
    world.write(blobPath(other), "other");
    app.link("layer", other);
    app.link("layer", layer.digest, other);
    expect(await findingsOf(world)).toMatchObject([
      { code: "digest-mismatch", digest: layer.digest, parent: image.digest, affects: ["team/app:1.0"] },
    ]);
  });

  it("names a corrupt layer only where contents are verified", async () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    const { digest, size } = image.layers[0]!;
    world.write(blobPath(digest), "x".repeat(size));
    expect(await findingsOf(world)).toEqual([]);
    expect(await findingsOf(world, { options: ["--verify-content"] })).toMatchObject([
      { code: "digest-mismatch", digest, parent: image.digest, role: "layer", path: blobPath(digest) },
    ]);
  });

  it("names a corrupt config in every scan, and not one that is as it should be again", async () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    const { digest, size } = image.config;
    const path = blobPath(digest);
    const sound = world.memory.readFileSync(`${world.root}/${path}`);
    world.write(path, Buffer.alloc(size));
    const report = await scanWorld(world);
    expect(report.findings).toMatchObject([
      { code: "digest-mismatch", severity: "error", digest, parent: image.digest, role: "config", path },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0"]);
    world.write(path, sound as Buffer);
    expect(await findingsOf(world)).toEqual([]);
  });

  it("is a warning where only an untagged revision wants it", async () => {
    const world = new World();
    rot(world, world.repository("team/app").image().digest);
    expect(await findingsOf(world)).toMatchObject([{ code: "digest-mismatch", severity: "warning", affects: [] }]);
  });

  it("is said in a cache, too", async () => {
    const world = new World();
    const { digest } = world.repository("team/app").image("1.0");
    rot(world, digest);
    expect(await findingsOf(world, { kind: "cache" })).toMatchObject([{ code: "digest-mismatch", digest }]);
  });

  it("is not said of a layer that was pushed by sha512", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const stored = app.layer("pushed by sha512");
    const alias = digestOf("pushed by sha512", "sha512");
    app.link("layer", alias, stored.digest);
    app.image("1.0", [{ ...stored, digest: alias }]);
    expect(await findingsOf(world, { options: ["--verify-content"] })).toEqual([]);
  });
});
