// Blobs that no manifest of any repository references, counted: what garbage collection would free without harm.

import { DiskState } from "../facts/facts.ts";
import { BLOBS } from "../layout/paths.ts";
import { defineCheck, restsOnNothing } from "./check.ts";
import type { CheckContext } from "./context.ts";

/** A push writes blobs first and what references them last, so a blob of yesterday may belong to a push under way. */
const YOUNG = 24 * 3600 * 1000;

export const unreferencedBlob = defineCheck({
  code: "unreferenced-blob",
  severity: "info",
  label: "not referenced",
  meaning: "counted with its bytes, one finding per root: what nothing references",
  inCaches: true,
  // What could not be read may reference any of them.
  needsCompleteRun: true,
  leftByPlan: "garbage collection deletes them; ask regfsck gate first",
  find: (context) => {
    const counted = context.wholeRoot ? countUnreferenced(context) : { count: 0, bytes: 0 };
    return counted.count > 0 ? [counted] : [];
  },
  draft: () => ({ path: BLOBS, tags: [] }),
  words: (_, { count, bytes }) => ({
    message: `${count} ${count === 1 ? "blob" : "blobs"} of ${bytes} bytes that nothing references`,
    remedy: "run garbage collection to free this space; ask `regfsck forecast` first what else it would delete",
  }),
  restsOn: restsOnNothing,
});

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
