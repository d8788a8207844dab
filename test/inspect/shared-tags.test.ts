import { describe, expect, it } from "vitest";
import { Bytes } from "../../src/facts/columns.ts";
import { sharedTags } from "../../src/inspect/shared-tags.ts";
import { graphOf } from "../worlds/scan-world.ts";
import { World } from "../worlds/world.ts";

const tags = "docker/registry/v2/repositories/app/_manifests/tags";

/** A world with tags `kept` and `old`, changed, and the tags that share something with `old` where that is removed. */
function shared(change: (world: World) => void, removes = true) {
  const world = new World();
  const app = world.repository("app");
  const { digest } = app.image("old");
  app.tag("kept", digest);
  change(world);
  const graph = graphOf(world);
  const removed = new Bytes();
  for (const { tags: numbers } of graph.repositories()) {
    for (const tag of numbers) if (removes && graph.tags.name(tag) === "old") removed.set(tag, 1);
  }
  return sharedTags(world.fs, world.root, graph, removed).map(({ path }) => path);
}

/** Makes the path below `tags` a link to the other. */
const linked = (path: string, target: string) => (world: World) => {
  world.remove(`${tags}/${path}`);
  world.symlink(`${tags}/${path}`, `/registry/${tags}/${target}`);
};

describe("sharedTags", () => {
  it.each([
    ["kept", "old"],
    ["kept/current", "old/current"],
    ["kept/current/link", "old/current/link"],
  ])("finds a tag that is removed through another, by %s", (path, target) => {
    expect(shared(linked(path, target))).toEqual([`${tags}/kept`]);
    expect(shared(linked(path, target), false)).toEqual([]);
  });

  it("finds none where each has its own, or a hard link", () => {
    expect(shared(() => {})).toEqual([]);
    const hardLinked = (world: World) => {
      world.remove(`${tags}/kept/current/link`);
      world.memory.linkSync(`/registry/${tags}/old/current/link`, `/registry/${tags}/kept/current/link`);
    };
    expect(shared(hardLinked)).toEqual([]);
  });
});
