import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { isContentInStore } from "../../../src/registry/serve/content.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { digestOf, World } from "../../worlds/world.ts";

function isWhole(world: World, digest: string): boolean {
  const graph = graphOf(world);
  return isContentInStore(graph, graph.digests.find(digest));
}

/** A nested index, and the image at its bottom. */
function nested() {
  const world = new World();
  const app = world.repository("team/app");
  const image = app.image(undefined, [app.layer(), { digest: digestOf("x"), size: 1, urls: ["https://example.com"] }]);
  const inner = app.indexOf([image]);
  return { world, image, inner, top: app.indexOf([inner], "1.0") };
}

describe("isContentInStore", () => {
  it("asks for the store alone, not for links, nor for foreign layers", () => {
    const { world, image, inner, top } = nested();
    for (const { digest } of [image, inner]) world.removeEntry(revisionLinkPath("team/app", digest));
    world.removeEntry(layerLinkPath("team/app", image.config.digest));
    expect(isWhole(world, top.digest)).toBe(true);
  });

  it("misses any part, however deep", () => {
    for (const part of ["config", "layer", "image", "inner"] as const) {
      const { world, image, inner, top } = nested();
      const { digest } = { config: image.config, layer: image.layers[0]!, image, inner }[part];
      world.removeEntry(blobPath(digest));
      expect(isWhole(world, top.digest)).toBe(false);
    }
  });

  it("does not count on a corrupt manifest", () => {
    const { world, inner, top } = nested();
    world.write(blobPath(inner.digest), '{"schemaVersion":2,"manifests":[]}');
    expect(isWhole(world, top.digest)).toBe(false);
  });
});
