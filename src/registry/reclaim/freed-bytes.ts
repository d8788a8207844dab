// How much of what a garbage collection frees is freed by each deleted revision.

import type { RootGraph } from "../../graph/root-graph.ts";
import type { Collection } from "../collect/collection.ts";
import type { FreeRevision } from "./select.ts";

/**
 * Bytes, in the order of the revisions. A blob that several of them name is counted for the first; one that a garbage
 * collection frees `alone`, without any delete, for none. So their sum is what the deletes add.
 */
export function bytesOf(
  graph: RootGraph,
  free: readonly FreeRevision[],
  after: Collection,
  alone: Collection,
): number[] {
  const counted = new Set<number>();
  return free.map(({ digest }) => {
    let bytes = 0;
    for (const blob of contentOf(graph, digest)) {
      if (after.isBlobDeleted.at(blob) !== 1 || alone.isBlobDeleted.at(blob) === 1 || counted.has(blob)) continue;
      counted.add(blob);
      if (graph.isLinkedBlob(blob)) continue;
      bytes += graph.blobSize(blob);
    }
    return bytes;
  });
}

/** What a garbage collection keeps for a revision. */
export function* contentOf({ manifests }: RootGraph, digest: number): Generator<number> {
  yield digest;
  const manifest = manifests.find(digest);
  if (manifest < 0) return;
  for (const reference of manifests.references(manifest)) yield manifests.target(reference);
}
