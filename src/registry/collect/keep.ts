// What a garbage collection ought to keep, as people mean it: all that a kept manifest needs, children and referrers too.

import { Bytes } from "../../facts/columns.ts";
import { DiskState, Role } from "../../facts/facts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import type { CollectOptions } from "./collection.ts";

/**
 * The bytes that a correct garbage collection would free: blobs that no kept image needs. Images are kept by a tag (and
 * without `deleteUntagged` by a revision link); with an image its children, configs and layers, and the referrers
 * that name it as their subject in the same repository.
 */
export function safeToFreeBytes(graph: GraphView, options: CollectOptions): number {
  const kept = new Bytes();
  for (const repository of graph.repositories()) keepRepository(graph, repository, options, kept);
  let bytes = 0;
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (graph.blobState(blob) !== DiskState.ok || kept.at(blob) === 1 || graph.isLinkedBlob(blob)) continue;
    bytes += graph.blobSize(blob);
  }
  return bytes;
}

function keepRepository(graph: GraphView, repository: RepositoryNode, options: CollectOptions, kept: Bytes): void {
  const pending = new Set<number>();
  for (const tag of repository.tags) {
    if (options.removedTags.at(tag) === 0 && graph.tags.target(tag) >= 0) pending.add(graph.tags.target(tag));
  }
  const referrers = new Map<number, number[]>();
  for (const link of repository.revisions) {
    const blob = graph.revisions.target(link);
    if (blob < 0) continue;
    if (!options.deleteUntagged) pending.add(blob);
    const manifest = graph.manifests.find(blob);
    const subject = manifest < 0 ? -1 : graph.manifests.subject(manifest);
    if (subject < 0) continue;
    const known = referrers.get(subject);
    if (known) known.push(blob);
    else referrers.set(subject, [blob]);
  }
  for (const digest of pending) {
    kept.set(digest, 1);
    for (const referrer of referrers.get(digest) ?? []) pending.add(referrer);
    keepContent(graph, repository, digest, pending, kept);
  }
}

/** Keeps what a manifest references; adds its children to what is still to be kept. */
function keepContent(
  graph: GraphView,
  repository: RepositoryNode,
  digest: number,
  pending: Set<number>,
  kept: Bytes,
): void {
  const manifest = graph.manifests.find(digest);
  if (manifest < 0) return;
  for (const reference of graph.manifests.references(manifest)) {
    const target = graph.manifests.target(reference);
    if (graph.manifests.role(reference) === Role.child) pending.add(target);
    kept.set(target, 1);
    // A sha512 alias names the blob that holds the bytes.
    const link = graph.layerLinks.find(repository.index, target);
    if (link >= 0 && graph.layerLinks.target(link) >= 0) kept.set(graph.layerLinks.target(link), 1);
  }
}
