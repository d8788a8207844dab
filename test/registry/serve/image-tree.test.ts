import { describe, expect, it } from "vitest";
import { revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { imageParts, statusOf } from "../../../src/registry/serve/image-tree.ts";
import { pullAll } from "../../../src/registry/serve/pull.ts";
import { graphOf } from "../../worlds/scan-world.ts";
import { type Descriptor, World } from "../../worlds/world.ts";

/** The parts of `app:v1`. */
function partsOf(world: World) {
  const graph = graphOf(world);
  const repository = graph.findRepository("app")!;
  const { problems, rules } = pullAll(graph);
  const parts = imageParts(graph, repository, graph.tags.target(repository.tags.first), problems, rules);
  return parts.map((part) => ({ ...part, text: graph.digests.text(part.digest), status: statusOf(part.reply.answer) }));
}

describe("imageParts", () => {
  it("names parts in the order of their manifests, each below the one that names it", () => {
    const world = new World();
    const repository = world.repository("app");
    const [amd64, arm64] = [repository.image(), repository.image()];
    const index = repository.index({ "linux/arm64": arm64, "linux/amd64": amd64 }, "v1");
    expect(partsOf(world).map(({ depth, text }) => [depth, text])).toEqual([
      [0, index.digest],
      [1, arm64.digest],
      [2, arm64.config.digest],
      [2, arm64.layers[0]!.digest],
      [1, amd64.digest],
      [2, amd64.config.digest],
      [2, amd64.layers[0]!.digest],
    ]);
  });

  it("tells what a client never gets to from what it does", () => {
    const world = new World();
    const repository = world.repository("app");
    const child = repository.image();
    repository.index({ "linux/amd64": child }, "v1");
    world.removeEntry(revisionLinkPath("app", child.digest));
    expect(partsOf(world).map(({ status, isReached, failure }) => [status, isReached, failure])).toEqual([
      [200, true, undefined],
      [404, true, "refused-reference"],
      [200, false, undefined],
      [200, false, undefined],
    ]);
  });

  it("blames a wrong size on the part that has it", () => {
    const world = new World();
    const layer = world.repository("app").layer();
    world.repository("app").image("v1", [{ ...layer, size: layer.size + 1 }]);
    expect(partsOf(world).map(({ status, failure }) => [status, failure])).toEqual([
      [200, undefined],
      [200, undefined],
      [200, "wrong-size"],
    ]);
  });

  it("shows the parts of a manifest once, where indexes name it over and over", () => {
    const world = new World();
    const repository = world.repository("app");
    let top: Descriptor = repository.image();
    for (let depth = 0; depth < 30; depth++) {
      top = repository.index({ "linux/amd64": top, "linux/arm64": top }, depth === 29 ? "v1" : undefined);
    }
    const parts = partsOf(world);
    // An index twice but for the topmost, the image twice, its config and its layer once.
    expect(parts).toHaveLength(1 + 2 * 30 + 2);
    expect(parts.filter(({ isRepeated }) => isRepeated)).toHaveLength(30);
  });

  it("shows the parts of a manifest again where a client gets to it only then", () => {
    const world = new World();
    const repository = world.repository("app");
    const child = repository.image();
    const inner = repository.index({ "linux/amd64": child });
    repository.indexOf([inner, child], "v1");
    world.removeEntry(revisionLinkPath("app", inner.digest));
    expect(partsOf(world).map(({ depth, isReached, isRepeated }) => [depth, isReached, isRepeated])).toEqual([
      [0, true, false],
      [1, true, false],
      [2, false, false],
      [3, false, false],
      [3, false, false],
      [1, true, false],
      [2, true, false],
      [2, true, false],
    ]);
  });
});
