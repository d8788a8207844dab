// The blob store, or a part of repositories/, is on a volume that is not mounted: nothing was deleted.
import { BLOBS } from "../layout/paths.ts";
import type { CauseDefinition, CauseDisk } from "./cause.ts";
import { countMissing, isStoreEmpty, lacksNearlyAll, manifestsInStore } from "./store.ts";

export const storeNotMounted: CauseDefinition = {
  code: "store-not-mounted",
  meaning: "the blob store or a part of repositories/ is empty: a volume is not mounted",
  find: ({ graph, path, kind, findings, disk, unmounted }) => {
    const [first] = unmounted;
    if (first !== undefined) {
      const more = unmounted.length > 1 ? ` (and ${unmounted.length - 1} more)` : "";
      return {
        message: `${path}/${first}${more} is empty while the blob store is full: its volume is not mounted`,
        evidence: { path: first, places: unmounted.length },
        fix: `mount the volume of ${path}/${first}, then scan again; do not run garbage-collect, which would delete what it cannot see`,
        next: `findmnt --target ${path}/${first}`,
        explains: () => false,
      };
    }
    // What a cache lacks it fetches.
    if (kind === "cache" || countMissing(findings) === 0) return undefined;
    const manifests = manifestsInStore(graph);
    if (!lacksNearlyAll(manifests) || !isStoreEmpty(graph)) return undefined;
    return {
      message: `${path}/${BLOBS} holds no blob, while repositories link ${manifests.linked} manifests: its volume is not mounted`,
      evidence: { path: BLOBS, linkedManifests: manifests.linked, blobs: 0 },
      fix: `mount the volume of ${path}/${BLOBS}, then scan again; delete nothing until then, the links are right`,
      next: `findmnt --target ${path}/${BLOBS}`,
      // What links name in a store that is not there was not lost.
      unread: { path: BLOBS, error: "empty, while repositories link manifests (is its volume mounted?)", ruins: true },
      explains: () => true,
      stillHolds: () => isEmptyBelow(disk, BLOBS, 2),
    };
  },
};

/** Whether there is nothing but directories, so many levels of them. */
function isEmptyBelow(disk: CauseDisk, path: string, levels: number): boolean {
  const names = disk.names(path);
  if (names === undefined || (levels === 0 && names.length > 0)) return false;
  return names.every((name) => isEmptyBelow(disk, `${path}/${name}`, levels - 1));
}
