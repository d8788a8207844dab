// The graph with changes on paper: what the overlay answers, and that the graph itself stays as it was.
import { describe, expect, it } from "vitest";
import { DiskState } from "../../src/facts/facts.ts";
import { GraphOverlay } from "../../src/graph/overlay.ts";
import { foreignFacts } from "../../src/recovery/sources.ts";
import { serveManifest } from "../../src/registry/serve/serve.ts";
import { graphOf } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

function imageWorld() {
  const world = new World();
  const image = world.repository("app").image("v1");
  const graph = graphOf(world);
  const overlay = new GraphOverlay(graph);
  return { world, image, graph, overlay, app: graph.findRepository("app")!, id: graph.digests.find(image.digest) };
}

describe("an overlay of the graph", () => {
  it("answers without a link that is taken away, and with it again", () => {
    const { graph, overlay, app, id } = imageWorld();
    expect(overlay.removeLink(app, "revision", id)).toBe(true);
    expect(overlay.removeLink(app, "revision", id)).toBe(false);
    expect(serveManifest(overlay, app, id).answer).toBe("not-linked");
    expect(serveManifest(graph, app, id).answer).toBe("served");
    expect(overlay.setLink(app, "revision", id, id)).toBe(true);
    expect(serveManifest(overlay, app, id).answer).toBe("served");
  });

  it("numbers a link that is written after those that are there", () => {
    const { graph, overlay, app, id } = imageWorld();
    overlay.setLink(app, "layer", id, id);
    const link = overlay.links("layer").find(app.index, id);
    expect(link).toBe(graph.layerLinks.length);
    expect([overlay.links("layer").place(link), overlay.links("layer").target(link)]).toEqual([id, id]);
    expect(graph.layerLinks.find(app.index, id)).toBe(-1);
  });

  it("answers without a blob that is taken away, and with one that is put there", () => {
    const { graph, overlay, id } = imageWorld();
    expect(overlay.removeBlob(id)).toBe(true);
    expect([overlay.blobState(id), overlay.blobSize(id)]).toEqual([DiskState.absent, 0]);
    overlay.addBlob(id, 7);
    expect([overlay.blobState(id), overlay.blobSize(id)]).toEqual([DiskState.ok, 7]);
    expect(graph.blobSize(id)).not.toBe(7);
  });

  it("takes in a manifest of another root, which the graph does not see", () => {
    const { world, image, graph, overlay, id } = imageWorld();
    const other = graphOf(world);
    const manifest = other.manifests.find(other.digests.find(image.digest));
    graph.manifests.forget(id);
    overlay.addManifest(id, foreignFacts({ graph: other, manifest }));
    const added = overlay.manifests.find(id);
    const named = [...overlay.manifests.references(added)].map((reference) => overlay.manifests.target(reference));
    expect(named.map((digest) => graph.digests.text(digest))).toEqual(
      [image.config, ...image.layers].map(({ digest }) => digest),
    );
    expect(graph.manifests.find(id)).toBe(-1);
  });
});
