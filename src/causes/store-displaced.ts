// The blobs are there, one level off: a copy or restore put a folder into itself.
import { BLOBS, blobData, STORAGE } from "../layout/paths.ts";
import type { CauseDefinition } from "./cause.ts";
import { countMissing, lacksNearlyAll, manifestsInStore } from "./store.ts";

/** Where a folder of the store may have ended up, and where it belongs; both relative to the root. */
const PLACES: readonly (readonly [found: string, belongs: string])[] = [
  [`${BLOBS}/blobs/sha256`, `${BLOBS}/sha256`],
  [`${BLOBS}/sha256/sha256`, `${BLOBS}/sha256`],
  [`${STORAGE}/${BLOBS}`, BLOBS],
  [`${STORAGE}/sha256`, `${BLOBS}/sha256`],
];

/** How many of the missing blobs are looked for. */
const SAMPLE = 20;

export const storeDisplaced: CauseDefinition = {
  code: "store-displaced",
  meaning: "the blobs are in the root, in another folder than theirs",
  find: ({ graph, path, kind, findings, disk }) => {
    if (kind === "cache" || countMissing(findings) === 0) return undefined;
    const manifests = manifestsInStore(graph);
    if (!lacksNearlyAll(manifests)) return undefined;
    const sample = manifests.missing.slice(0, SAMPLE).map((digest) => blobData(graph.digests.text(digest)));
    for (const [found, belongs] of PLACES) {
      const there = sample.filter((data) => disk.has(data.replace(belongs, found)));
      if (there.length === 0) continue;
      return {
        message: `the blob store is not empty but displaced: its blobs are in ${path}/${found} instead of ${path}/${belongs}`,
        evidence: {
          path: found,
          belongs,
          missingManifests: manifests.missing.length,
          lookedFor: sample.length,
          found: there.length,
        },
        fix: `stop the registry, move what is in ${path}/${found} to ${path}/${belongs}, and scan again; delete nothing`,
        next: disk.has(belongs)
          ? `mv -n ${path}/${found}/* ${path}/${belongs}/`
          : `mv -n ${path}/${found} ${path}/${belongs}`,
        unread: { path: belongs, error: `its blobs are in ${found}`, ruins: false },
        explains: ({ check }) => check.code !== "stale-upload",
      };
    }
    return undefined;
  },
};
