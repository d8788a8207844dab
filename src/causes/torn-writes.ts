// Files that are empty or zeroed and were written at one time: the machine lost power, or the disk was full.
import { createHash } from "node:crypto";
import { DiskState } from "../facts/facts.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import { type CauseContext, type CauseDefinition, minuteOf } from "./cause.ts";

/** Fewer files than this may have been torn each for itself. */
const FEWEST = 4;
/** How far apart in time they may be, in milliseconds: what a machine holds in memory is written within seconds. */
const WINDOW = 5 * 60_000;
const NAMED = ["malformed-link", "size-mismatch", "digest-mismatch", "invalid-manifest", "dangling-tag"] as const;

export const tornWrites: CauseDefinition = {
  code: "torn-writes",
  meaning: "links and blobs written at one time are empty or zeroed: power was lost, or the disk was full",
  find: (context) => {
    const files = [...tornFiles(context)].map(([path, { time, isLink }]) => ({ path, time, isLink }));
    const together = writtenTogether(files);
    const kinds = new Set(together.map(({ isLink }) => isLink));
    const [first, last] = [together[0]?.time, together.at(-1)?.time];
    if (together.length < FEWEST || kinds.size < 2 || first === undefined) return undefined;
    const torn = new Set(together.map(({ path }) => path));
    const from = minuteOf(first);
    return {
      message: `${torn.size} files written around ${from} are empty or zeroed: power was lost, or the disk was full`,
      evidence: { files: torn.size, first: new Date(first).toISOString(), last: new Date(last!).toISOString() },
      fix: `check the disk (dmesg, df) before anything is written; then regfsck plan lists what was pushed around ${from} and must be pushed again`,
      next: `regfsck plan ${context.path}`,
      explains: (found) => torn.has(found.check.draft(context.findings.context, found.found).path),
    };
  },
};

/** The most of them that were written within one window, by time: one that was damaged another day is another event. */
function writtenTogether<File extends { readonly time: number }>(files: readonly File[]): readonly File[] {
  const sorted = [...files].sort((a, b) => a.time - b.time);
  let [best, start] = [sorted.slice(0, 0), 0];
  for (let end = 0; end < sorted.length; end++) {
    while (sorted[end]!.time - sorted[start]!.time > WINDOW) start++;
    if (end + 1 - start > best.length) best = sorted.slice(start, end + 1);
  }
  return best;
}

/** By path: when it was written, and whether it is a link. */
function tornFiles({ graph, findings, disk }: CauseContext): Map<string, { time: number; isLink: boolean }> {
  const torn = new Map<string, { time: number; isLink: boolean }>();
  for (const code of NAMED) {
    for (const found of findings.of(code)) {
      const isLink = code === "malformed-link";
      const { path, digest = -1 } = found.check.draft(findings.context, found.found);
      if (torn.has(path) || !(isLink ? isTornLink(graph, found.found as PullProblem) : isTornBlob(graph, digest)))
        continue;
      const time = isLink ? disk.modifiedAt(path) : graph.blobModified(digest);
      if (time !== undefined && time > 0) torn.set(path, { time, isLink });
    }
  }
  return torn;
}

/** What reading a torn link says of it. */
const TORN = new Set(["empty", "zeroed"]);

function isTornLink(graph: CauseContext["graph"], { tag, reply }: PullProblem): boolean {
  if (tag >= 0) return TORN.has(graph.tags.reason(tag));
  return reply !== undefined && reply.link >= 0 && TORN.has(graph.links(reply.kind).reason(reply.link));
}

/** Up to so many zeros are hashed to know them again, in bytes. */
const MOST_ZEROS = 1 << 24;

function isTornBlob(graph: CauseContext["graph"], digest: number): boolean {
  if (digest < 0 || graph.blobState(digest) !== DiskState.ok) return false;
  const size = graph.blobSize(digest);
  if (size === 0) return true;
  const actual = graph.actualDigest(digest);
  return actual?.startsWith("sha256:") === true && size <= MOST_ZEROS && actual === digestOfZeros(size);
}

function digestOfZeros(size: number): string {
  return `sha256:${createHash("sha256").update(Buffer.alloc(size)).digest("hex")}`;
}
