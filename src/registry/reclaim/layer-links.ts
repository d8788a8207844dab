// Digests that are a manifest and a layer at once: a delete of the manifest takes the layer link, which may be needed.

import { Role } from "../../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import type { RepositoryNeeds } from "./needs.ts";

/**
 * Adds to the needs those of the revisions, by their links' numbers, whose layer link something kept needs, with what
 * they need in their turn. Looks through all that is kept only where a digest is both.
 */
export function addNeededLayerLinks(
  graph: RootGraph,
  repository: RepositoryNode,
  needs: RepositoryNeeds,
  candidates: readonly number[],
): void {
  const linked = new Set<number>();
  for (const link of candidates) {
    const digest = graph.revisions.place(link);
    if (graph.layerLinks.find(repository.index, digest) >= 0) linked.add(digest);
  }
  while (linked.size > 0) {
    const needed = neededLayers(graph, repository, needs, linked);
    if (needed.size === 0) return;
    for (const [digest, by] of needed) {
      needs.add(digest, { reason: "layer-link", by, tag: -1 });
      linked.delete(digest);
    }
  }
}

/** Those of the digests that kept manifests need a layer link of, each with one that does. */
function neededLayers(
  graph: RootGraph,
  { index }: RepositoryNode,
  needs: RepositoryNeeds,
  asked: ReadonlySet<number>,
): Map<number, number> {
  const { manifests, layerLinks } = graph;
  const needed = new Map<number, number>();
  for (const digest of needs.digests()) {
    const manifest = manifests.find(digest);
    if (manifest < 0) continue;
    const { first, end } = manifests.references(manifest);
    for (let reference = first; reference < end; reference++) {
      if (manifests.role(reference) === Role.child) continue;
      const target = manifests.target(reference);
      // A blob is looked up a second time, by what its link names.
      const link = layerLinks.find(index, target);
      const named = link < 0 ? -1 : layerLinks.target(link);
      for (const one of [target, named]) if (asked.has(one)) needed.set(one, digest);
    }
  }
  return needed;
}
