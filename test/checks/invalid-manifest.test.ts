import { describe, expect, it } from "vitest";
import { blobPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, identity, scanWorld } from "../worlds/scan-world.ts";
import { OCI_IMAGE, World } from "../worlds/world.ts";

describe("invalid-manifest", () => {
  it("names a tagged blob that is no manifest", async () => {
    const world = new World();
    const { digest } = world.repository("team/app").manifest('{"architecture":"amd64"}', "1.0");
    const report = await scanWorld(world);
    expect(report.findings.map(identity)).toEqual([
      {
        code: "invalid-manifest",
        severity: "error",
        repository: "team/app",
        digest,
        path: blobPath(digest),
        affects: ["team/app:1.0"],
      },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0"]);
  });

  const contents: [string, string, RegExp][] = [
    ["what is not JSON", "\0\0\0", /not JSON.*500/],
    ["an unknown type", JSON.stringify({ schemaVersion: 2, mediaType: "text/plain" }), /unknown mediaType.*500/],
    ["no schemaVersion", "{}", /no schemaVersion.*500/],
    ["what makes the registry panic", '{"schemaVersion":2,"manifests":{}}', /drops the connection/],
  ];
  it.each(contents)("says why: %s", async (_, content, message) => {
    const world = new World();
    world.repository("team/app").manifest(content, "1.0");
    const { findings } = await scanWorld(world);
    expect(findings.map(({ code }) => code)).toEqual(["invalid-manifest"]);
    expect(findings[0]?.message).toMatch(message);
  });

  it("takes a manifest of 4 MiB, and not one of a byte more", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const { config, layers } = app.image();
    const manifest = (length: number) => {
      const text = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE, config, layers });
      return text + " ".repeat(length - text.length);
    };
    app.manifest(manifest(4 << 20), "largest");
    const tooLarge = app.manifest(manifest((4 << 20) + 1), "too-large");
    expect(await findingsOf(world)).toMatchObject([
      { code: "invalid-manifest", digest: tooLarge.digest, affects: ["team/app:too-large"] },
    ]);
  });

  it("names the platform of an invalid child", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const child = app.manifest("no manifest");
    app.index({ "linux/amd64": app.image(), "linux/arm64": child }, "1.0");
    const report = await scanWorld(world);
    expect(report.findings).toMatchObject([
      { code: "invalid-manifest", digest: child.digest, platform: "linux/arm64", affects: ["team/app:1.0"] },
    ]);
    expect(brokenImages(report)).toEqual(["team/app:1.0 [linux/arm64]"]);
  });

  it("is a warning for an untagged revision", async () => {
    const world = new World();
    world.repository("team/app").manifest("no manifest");
    expect(await findingsOf(world)).toMatchObject([{ code: "invalid-manifest", severity: "warning", affects: [] }]);
  });

  it("is said in a cache, too", async () => {
    const world = new World();
    world.repository("team/app").manifest("no manifest", "1.0");
    expect(await findingsOf(world, { kind: "cache" })).toMatchObject([{ code: "invalid-manifest" }]);
  });

  it("is not said of a config or layer, whatever is in it", async () => {
    const world = new World();
    const app = world.repository("team/app");
    app.image("1.0", [app.layer('{"schemaVersion":2,"manifests":{}}')]);
    expect(await findingsOf(world)).toEqual([]);
  });
});
