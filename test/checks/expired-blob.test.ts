import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath } from "../../scripts/fixtures/storage.ts";
import { findingsOf, scanWorld } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

describe("expired-blob", () => {
  it("names the layer in each repository whose tags want it, and the images", async () => {
    const world = new World();
    const layer = world.repository("a").layer();
    world.repository("a").image("1", [layer]);
    world.repository("b").link("layer", layer.digest);
    world.repository("b").image("2", [layer]);
    world.removeEntry(blobPath(layer.digest));
    const { findings, exitCode } = await scanWorld(world, { kind: "cache" });
    expect(findings).toMatchObject([
      { code: "expired-blob", severity: "warning", repository: "a", digest: layer.digest },
      { code: "expired-blob", severity: "warning", repository: "b", path: layerLinkPath("b", layer.digest) },
    ]);
    expect(findings[1]!.message).toContain("b:2");
    expect(exitCode).toBe(0);
  });

  it("is not said of a layer whose link is gone too, which the cache fetches", async () => {
    const world = new World();
    const { layers } = world.repository("a").image("1");
    world.removeEntry(blobPath(layers[0]!.digest));
    world.removeEntry(layerLinkPath("a", layers[0]!.digest));
    expect(await findingsOf(world, { kind: "cache" })).toEqual([]);
  });
});
