// Collects a world on paper, and says what came of it in words that a test can compare.
import { Bytes } from "../../src/facts/columns.ts";
import { collect } from "../../src/registry/collect/collect.ts";
import type { CollectOptions, RootInput } from "../../src/registry/collect/collection.ts";
import { RULES, type Rules } from "../../src/registry/rules.ts";
import { walkCatalogue } from "../../src/registry/serve/catalogue.ts";
import { listNamespace } from "../../src/scan/list-namespace.ts";
import { listBlobStore, readBlobShard } from "../../src/scan/read-blobs.ts";
import { graphOf } from "./scan-world.ts";
import type { World } from "./world.ts";

export interface CleanUp {
  /** Whether collection runs with `-m`. */
  m?: boolean;
  /** `repository:tag` of the tags that are removed first. */
  removed?: readonly string[];
}

/** All that a collection looks at. */
export function collectInput(world: World, rules: Rules = RULES[2]): RootInput {
  const graph = graphOf(world, world.fs, rules);
  const store = listBlobStore(world.fs, world.root);
  graph.addBlocked(store.blocked);
  const shards = store.shards.map((shard) => readBlobShard(world.fs, world.root, shard, "every"));
  for (const shard of shards) graph.addBlobs(shard);
  return {
    rules,
    graph,
    catalogue: walkCatalogue(listNamespace(world.fs, world.root, rules), rules),
    unexpectedInStore: [...store.unexpected, ...shards.flatMap(({ unexpected }) => unexpected)],
    hasBlobStore: store.present,
  };
}

/** The options in the numbers of the graph. Throws for a tag that is not there. */
export function collectOptions(input: RootInput, { m = false, removed = [] }: CleanUp): CollectOptions {
  const removedTags = new Bytes();
  for (const image of removed) removedTags.set(tagOf(input, image), 1);
  return { deleteUntagged: m, removedTags };
}

/** The number of `repository:tag`. Throws for a tag that is not there. */
export function tagOf({ graph }: RootInput, image: string): number {
  const [repository = "", name] = image.split(":");
  const tag = [...graph.findRepository(repository)!.tags].find((at) => graph.tags.name(at) === name);
  if (tag === undefined) throw new Error(`there is no ${image}`);
  return tag;
}

/** What a collection of the world does: aborts as `phase: path: reason`, manifests as `repository@digest`. */
export function collected(world: World, cleanUp: CleanUp = {}) {
  const input = collectInput(world);
  const { digests } = input.graph;
  const collection = collect(input, collectOptions(input, cleanUp));
  return {
    aborts: collection.aborts.map(({ phase, path, reason }) => `${phase}: ${path}: ${reason}`),
    marked: collection.marked,
    manifests: collection.deletedRevisions.map(
      ({ repository, digest }) => `${repository.name}@${digests.text(digest)}`,
    ),
    blobs: collection.deletedBlobs.map((blob) => digests.text(blob)).sort(),
    bytes: collection.deletedBytes,
  };
}
