// Whether all that an image is made of is in the store, whatever is linked: then it can be repaired without a rebuild.

import { DiskState, Role } from "../../facts/facts.ts";
import type { RootGraph } from "../../graph/root-graph.ts";

/**
 * Whether the manifest, its children to any depth, and their configs and layers are in the blob store. A layer that
 * clients fetch from elsewhere need not be.
 */
export function isContentInStore(graph: RootGraph, digest: number): boolean {
  const seen = new Set<number>([digest]);
  for (const blob of seen) {
    const manifest = graph.manifests.find(blob);
    if (graph.blobState(blob) !== DiskState.ok || manifest < 0) return false;
    if (!graph.manifests.isParsed(manifest) || graph.manifests.isCorrupt(manifest)) return false;
    for (const reference of graph.manifests.references(manifest)) {
      const target = graph.manifests.target(reference);
      if (graph.manifests.role(reference) === Role.child) seen.add(target);
      else if (!graph.manifests.isForeign(reference) && graph.blobState(target) !== DiskState.ok) return false;
    }
  }
  return true;
}

/**
 * Whether the store lacks some of it for certain: a manifest, config or layer. What is named by sha512 is stored under
 * another name, which only a repository's link tells.
 */
export function isContentGone(graph: RootGraph, digest: number): boolean {
  const isGone = (blob: number) =>
    graph.digests.algorithm(blob) === "sha256" && graph.blobState(blob) === DiskState.absent;
  const seen = new Set<number>([digest]);
  for (const blob of seen) {
    if (isGone(blob)) return true;
    const manifest = graph.manifests.find(blob);
    if (manifest < 0) continue;
    for (const reference of graph.manifests.references(manifest)) {
      const target = graph.manifests.target(reference);
      if (graph.manifests.role(reference) === Role.child) seen.add(target);
      else if (!graph.manifests.isForeign(reference) && isGone(target)) return true;
    }
  }
  return false;
}
