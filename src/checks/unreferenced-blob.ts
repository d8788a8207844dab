// Blobs that no manifest of any repository references, counted: what a collection would free without harm.

import { DiskState } from "../facts/facts.ts";
import { BLOBS } from "../layout/paths.ts";
import type { Check, CheckContext } from "./finding.ts";

/** A push writes blobs first and what references them last, so a blob of yesterday may belong to a push under way. */
const YOUNG = 24 * 3600 * 1000;

export const unreferencedBlob: Check = {
  severity: "info",
  meaning: "counted with its bytes, one finding per root: what nothing references",
  inCaches: true,
  *find(context) {
    if (!context.wholeRoot) return;
    const { count, bytes } = countUnreferenced(context);
    if (count === 0) return;
    yield {
      path: BLOBS,
      message: `${count} ${count === 1 ? "blob" : "blobs"} of ${bytes} bytes that nothing references`,
      remedy: "garbage collection frees this space; ask `regfsck forecast` first what else it would take",
      tags: [],
    };
  },
};

/** How many blobs nothing references, and their bytes; those younger than a day are not counted. */
export function countUnreferenced({ graph, pull, now }: CheckContext): { count: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (graph.blobState(blob) !== DiskState.ok || pull.referenced.at(blob) === 1) continue;
    if (now - graph.blobModified(blob) < YOUNG) continue;
    count++;
    bytes += graph.blobSize(blob);
  }
  return { count, bytes };
}
