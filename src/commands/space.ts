// The space of the roots that were read, for the map on a page.
import type { RootInspection } from "../inspect/inspect-root.ts";
import { type RootUsage, rootUsage } from "../registry/usage/usage.ts";
import type { RootSpace } from "../report/html/space.ts";

/** By root that was read. */
export type RootUsages = ReadonlyMap<RootInspection, RootUsage>;

export function usagesOf(inspections: readonly RootInspection[]): RootUsages {
  return new Map(inspections.map((inspection) => [inspection, rootUsage(inspection.context.graph)]));
}

/** None of a root of which only some repositories were read: what the others share with them is not known. */
export function spacesOf(inspections: readonly RootInspection[], usages?: RootUsages): RootSpace[] {
  const whole = inspections.filter(({ context }) => context.wholeRoot);
  return [...(usages ?? usagesOf(whole))].filter(([{ context }]) => context.wholeRoot).map(spaceOf);
}

function spaceOf([{ root }, usage]: readonly [RootInspection, RootUsage]): RootSpace {
  const repositories = usage.repositories.map(({ repository, unique, uniqueUntagged }) => {
    return { name: repository.name, own: unique - uniqueUntagged, reclaimable: uniqueUntagged };
  });
  const own = repositories.reduce((sum, one) => sum + one.own, 0);
  const ownReclaimable = repositories.reduce((sum, { reclaimable }) => sum + reclaimable, 0);
  return {
    path: root.path,
    tags: usage.tags.length,
    blobs: usage.blobs,
    total: usage.total,
    shared: usage.tagged - own,
    unowned: usage.untagged + usage.unreferenced - ownReclaimable,
    uploads: usage.uploads,
    repositories,
  };
}
