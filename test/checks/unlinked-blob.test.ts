import { describe, expect, it } from "vitest";
import { layerLinkPath } from "../../scripts/fixtures/storage.ts";
import { brokenImages, findingsOf, scanWorld } from "../worlds/scan-world.ts";
import { failing } from "../worlds/watched-fs.ts";
import { World } from "../worlds/world.ts";

describe("unlinked-blob", () => {
  it.each(["config", "layer"] as const)("names the %s that its repository does not link", async (role) => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    const { digest } = role === "config" ? image.config : image.layers[0]!;
    const path = layerLinkPath("team/app", digest);
    world.removeEntry(path);
    expect(await findingsOf(world)).toEqual([
      {
        code: "unlinked-blob",
        severity: "error",
        repository: "team/app",
        digest,
        parent: image.digest,
        role,
        path,
        affects: ["team/app:1.0"],
      },
    ]);
  });

  it("is not fixed by a link in another repository", async () => {
    const world = new World();
    const layer = world.repository("team/base").layer();
    world.repository("team/app").image("1.0", [layer]);
    const report = await scanWorld(world);
    expect(report.findings).toMatchObject([{ code: "unlinked-blob", repository: "team/app", digest: layer.digest }]);
    expect(brokenImages(report)).toEqual(["team/app:1.0"]);
  });

  it("is said of an empty link folder, which is no link", async () => {
    const world = new World();
    const { config } = world.repository("team/app").image("1.0");
    world.remove(layerLinkPath("team/app", config.digest));
    expect(await findingsOf(world)).toMatchObject([{ code: "unlinked-blob", digest: config.digest }]);
  });

  it("is a warning where only an untagged revision wants it", async () => {
    const world = new World();
    const { config } = world.repository("team/app").image();
    world.removeEntry(layerLinkPath("team/app", config.digest));
    expect(await findingsOf(world)).toMatchObject([{ code: "unlinked-blob", severity: "warning", affects: [] }]);
  });

  it("is not said of a layer that clients fetch from elsewhere, nor in a cache", async () => {
    const world = new World();
    const app = world.repository("team/app");
    const foreign = { ...world.blob("foreign"), urls: ["https://example.com/layer"] };
    const { config } = app.image("1.0", [foreign]);
    expect(await findingsOf(world)).toEqual([]);
    world.removeEntry(layerLinkPath("team/app", config.digest));
    expect(await findingsOf(world, { kind: "cache" })).toEqual([]);
  });

  it("is said where the store cannot be read: what is known is that the link is gone", async () => {
    const world = new World();
    const image = world.repository("team/app").image("1.0");
    const path = layerLinkPath("team/app", image.config.digest);
    world.removeEntry(path);
    const hex = image.config.digest.slice("sha256:".length);
    const fs = failing(world.fs, "EIO", new RegExp(`${hex}/data$`), ["statSync"]);
    expect(await findingsOf(world, { fs })).toMatchObject([{ code: "unlinked-blob", path }]);
  });
});
