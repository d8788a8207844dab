// What looks like a volume that is not mounted: then what is missing was not deleted, and nothing may be concluded from it.
import { DiskState, type NamespaceFacts, type Unreadable } from "../facts/facts.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { namespaceFolder } from "../layout/paths.ts";
import type { Pull } from "../registry/serve/pull.ts";

/**
 * The folders of repositories/ that hold nothing at all, itself among them, while the store holds blobs that no
 * repository references: the registry makes no empty folder there. Paths are relative to the root.
 */
export function* mountDoubts(namespace: NamespaceFacts, graph: RootGraph, pull: Pull): Generator<Unreadable> {
  if (namespace.empty.length === 0) return;
  const unreferenced = countUnreferenced(graph, pull);
  if (unreferenced === 0) return;
  const advice = "is its volume mounted? If it is no mount point, remove the empty directory";
  for (const folder of namespace.empty) {
    yield {
      path: namespaceFolder(folder),
      error: `empty, while ${unreferenced} blobs of the store belong to no repository: ${advice}`,
    };
  }
}

function countUnreferenced(graph: RootGraph, pull: Pull): number {
  let count = 0;
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (graph.blobState(blob) === DiskState.ok && pull.referenced.at(blob) !== 1) count++;
  }
  return count;
}
