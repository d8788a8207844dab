// Whoever pushes chooses how deep indexes nest and how many tags an image has: pulling all of them stays linear.
import { expect, it } from "vitest";
import { blobPath, layerLinkPath } from "../../../scripts/fixtures/storage.ts";
import { DiskState, type TagFacts } from "../../../src/facts/facts.ts";
import { packDigests } from "../../../src/facts/packed-digests.ts";
import { tagsBeyondNewest } from "../../../src/registry/collect/forecast.ts";
import { pullAll } from "../../../src/registry/serve/pull.ts";
import { graphOf, repositoryFacts } from "../../worlds/scan-world.ts";
import { World } from "../../worlds/world.ts";

/** Facts of so many tags of one digest. */
function manyTags(digest: string, count: number): TagFacts {
  const names = Array.from({ length: count }, (_, i) => `t${i}`);
  return {
    names,
    states: new Uint8Array(count).fill(DiskState.ok),
    targets: packDigests(names.map(() => digest)),
    modified: new Float64Array(),
    pushed: new Float64Array(),
    historyCounts: new Int32Array(count),
    historyStates: new Uint8Array(count),
    loopedHistory: new Map(),
    history: packDigests([]),
    reasons: new Map(),
  };
}

it("pulls indexes that nest 20,000 deep", () => {
  const world = new World();
  const app = world.repository("team/app");
  const image = app.image();
  let top = app.index({ "linux/amd64": image });
  for (let depth = 1; depth < 20_000; depth++) top = app.indexOf([top]);
  app.tag("deep", top.digest);
  world.removeEntry(layerLinkPath("team/app", image.config.digest));
  const { problems, brokenTags } = pullAll(graphOf(world));
  expect([...problems]).toMatchObject([{ failure: "refused-reference", tags: [0] }]);
  expect(brokenTags).toEqual([{ tag: 0, platforms: ["linux/amd64"] }]);
});

it("pulls 200,000 tags of one image, and removes all but one", () => {
  const world = new World();
  const image = world.repository("team/app").image();
  world.removeEntry(blobPath(image.config.digest));
  const graph = graphOf(world);
  graph.addRepository({ ...repositoryFacts(world, "team/app"), tags: [manyTags(image.digest, 200_000)] });
  expect(pullAll(graph).brokenTags).toHaveLength(200_000);
  expect(tagsBeyondNewest(graph, 1)).toHaveLength(199_999);
});
