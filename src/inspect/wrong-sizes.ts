// Who is wrong where a blob's size is not what a descriptor says: the file, or the manifest. Only its hash tells.
import type { RootGraph } from "../graph/root-graph.ts";
import { parseDigest } from "../layout/digest.ts";
import { blobData } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import { hashFile } from "../scan/content/hash-file.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";

/**
 * Hashes each blob that some problem says has the wrong size, once, and notes in the graph whether it is sound. `root` is
 * the storage root's path. What cannot be read, or moves meanwhile, stays unknown.
 */
export function hashWrongSizes(
  storageFs: StorageFs,
  root: string,
  graph: RootGraph,
  problems: Iterable<PullProblem>,
): void {
  for (const { failure, reply, reference } of problems) {
    const blob = reply?.blob ?? -1;
    if (failure !== "wrong-size" || blob < 0 || graph.isBlobSound(blob) !== undefined) continue;
    // Each manifest was hashed when it was read.
    if (graph.manifests.find(blob) >= 0) graph.setSound(blob, !graph.manifests.isCorrupt(graph.manifests.find(blob)));
    // By the digest that the manifest names, which need not be the one that it is stored under.
    else graph.setSound(blob, isSound(storageFs, root, graph, blob, graph.manifests.target(reference)));
  }
}

function isSound(
  storageFs: StorageFs,
  root: string,
  graph: RootGraph,
  blob: number,
  asked: number,
): boolean | undefined {
  const path = `${root}/${blobData(graph.digests.text(blob))}`;
  for (const digest of new Set([blob, asked])) {
    const parsed = parseDigest(graph.digests.text(digest));
    const { hex } = parsed ? hashFile(storageFs, path, parsed.algorithm, graph.blobSize(blob)) : {};
    if (parsed === undefined || hex === undefined) return undefined;
    if (hex !== parsed.hex) return digest === blob ? false : undefined;
  }
  return true;
}
