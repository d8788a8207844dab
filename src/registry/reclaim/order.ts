// The order in which revisions are deleted.

import { Role } from "../../facts/facts.ts";
import type { RootGraph } from "../../graph/root-graph.ts";
import type { FreeRevision } from "./select.ts";

/**
 * Each index before what it names, so that what is stopped half-way leaves no index without its children. All are of one
 * repository.
 */
export function parentsFirst({ manifests }: RootGraph, free: readonly FreeRevision[]): FreeRevision[] {
  const byDigest = new Map(free.map((one) => [one.digest, one]));
  const childrenOf = (digest: number) => {
    const children = new Set<FreeRevision>();
    const manifest = manifests.find(digest);
    for (const reference of manifest < 0 ? [] : manifests.references(manifest)) {
      const child = byDigest.get(manifests.target(reference));
      if (child && manifests.role(reference) === Role.child) children.add(child);
    }
    return children;
  };
  const parents = new Map<FreeRevision, number>();
  for (const { digest } of free) {
    for (const child of childrenOf(digest)) parents.set(child, (parents.get(child) ?? 0) + 1);
  }
  const sorted = new Set(free.filter((one) => !parents.has(one)));
  for (const { digest } of sorted) {
    for (const child of childrenOf(digest)) {
      const left = parents.get(child)! - 1;
      parents.set(child, left);
      if (left === 0) sorted.add(child);
    }
  }
  // Only damage makes loops.
  for (const one of free) sorted.add(one);
  return [...sorted];
}
