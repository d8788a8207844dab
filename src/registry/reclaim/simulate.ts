// Deletes by a client over HTTP and then a garbage collection without -m, on paper, and what both take from what is kept.

import { Bytes } from "../../facts/columns.ts";
import { collect } from "../collect/collect.ts";
import { type Collection, graphAfter, type RootInput } from "../collect/collection.ts";
import { type Harm, harmsOf } from "../collect/harm.ts";
import { HttpDeletes } from "../delete/http-deletes.ts";
import { type Pull, pullAll } from "../serve/pull.ts";
import type { FreeRevision } from "./select.ts";

export interface Simulation {
  readonly collection: Collection;
  /** What images and manifests lose that are kept. */
  readonly harms: readonly Harm[];
  /** Tags that are not to go, and are gone afterwards, or broken and were pullable. */
  readonly broken: readonly number[];
  /** The revisions that the registry would not delete, or not without an error. */
  readonly refused: readonly FreeRevision[];
}

/** `pull` is what pulling every image gave before. */
export function simulate(input: RootInput, pull: Pull, free: readonly FreeRevision[]): Simulation {
  const { graph } = input;
  const deletes = new HttpDeletes(graph);
  const { view, removedTags } = deletes;
  const asked = new Bytes();
  for (const { tags } of free) for (const tag of tags) asked.set(tag, 1);
  const refused = free.filter(
    ({ repository, digest }) => deletes.deleteDigest(repository, digest).answer !== "deleted",
  );
  const collection = collect({ ...input, graph: view }, { deleteUntagged: false, removedTags });
  if (free.length + collection.deletedBlobs.length === 0) return { collection, harms: [], broken: [], refused };
  const after = graphAfter(view, collection);
  const isBrokenBefore = new Set(pull.brokenTags.map(({ tag }) => tag));
  const newlyBroken = pullAll(after, pull.rules).brokenTags.flatMap(({ tag }) => {
    return removedTags.at(tag) === 0 && !isBrokenBefore.has(tag) ? [tag] : [];
  });
  const broken = new Set([...newlyBroken, ...unaskedTags(removedTags, asked)]);
  return {
    collection,
    harms: harmsOf(graph, after, collection, { removedTags: asked }, deletes),
    broken: [...broken],
    refused,
  };
}

/** The tags that are gone, and are not to go. */
function unaskedTags(gone: Bytes, asked: Bytes): number[] {
  const unasked: number[] = [];
  for (let tag = 0; tag < gone.length; tag++) if (gone.at(tag) === 1 && asked.at(tag) === 0) unasked.push(tag);
  return unasked;
}
