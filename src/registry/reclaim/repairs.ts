// Images that are broken already may be repaired from what untagged revisions hold: some of these are kept for that.

import type { Bytes } from "../../facts/columns.ts";
import type { RootGraph } from "../../graph/root-graph.ts";
import { contentOf } from "./freed-bytes.ts";
import type { FreeRevision } from "./select.ts";
import type { Simulation } from "./simulate.ts";

/** Marks of the revisions that would go those that hold what is lost; gives whether there are any. */
export function keepForRepair(
  graph: RootGraph,
  { harms, collection }: Simulation,
  free: readonly FreeRevision[],
  repairs: Bytes,
): boolean {
  const lost = new Set<number>();
  for (const { repository, taken } of harms) {
    for (const { digest } of taken) {
      // Of a blob that is named by sha512, the content lies elsewhere.
      const link = graph.layerLinks.find(repository.index, digest);
      for (const blob of [digest, link < 0 ? -1 : graph.layerLinks.target(link)]) {
        if (blob >= 0 && collection.isBlobDeleted.at(blob) === 1) lost.add(blob);
      }
    }
  }
  let isAny = false;
  for (const { digest, revision } of free) {
    const held = [...contentOf(graph, digest)].filter((blob) => lost.has(blob));
    // One that holds it is enough.
    for (const blob of held) lost.delete(blob);
    if (held.length === 0) continue;
    repairs.set(revision, 1);
    isAny = true;
  }
  return isAny;
}
