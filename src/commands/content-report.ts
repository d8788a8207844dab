// From verified content to the part of a report that says how far it is.
import type { ContentReport, EvidenceReport } from "../contract/content.ts";
import type { ContentTotals } from "../inspect/content/root-content.ts";
import type { ContentVerification } from "../inspect/content/verify-content.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";

/** Less than this says nothing of how fast reading is, in milliseconds. */
const TELLS_PACE = 100;

/** `isAsked` tells whether content was to be read at all. */
export function contentReport(
  verification: ContentVerification,
  inspections: readonly RootInspection[],
  isAsked: boolean,
): ContentReport {
  const { run, lastRun, startedAt } = verification;
  const roots = inspections.flatMap(({ root }) => {
    const totals = verification.totals(root.path);
    return totals ? [{ root: root.name, totals }] : [];
  });
  const sum = sumOf(roots.map(({ totals }) => totals));
  const { blobs, bytes, durationMs, allBytes } = run;
  const perRun = isAsked && bytes > 0 ? bytes : undefined;
  const runsLeft = perRun === undefined ? null : Math.ceil(sum.waiting.bytes / perRun);
  const pace = lastRun === undefined ? undefined : startedAt - lastRun.startedAt;
  const endsAt = runsLeft === null || pace === undefined ? null : new Date(startedAt + runsLeft * pace).toISOString();
  return {
    ...evidenceReport(sum),
    read: {
      blobs,
      bytes,
      durationMs,
      bytesPerSecond: durationMs < TELLS_PACE || bytes === 0 ? null : Math.round((bytes / durationMs) * 1000),
    },
    ended: isAsked ? run.ended : "not-asked",
    tooLarge: isAsked ? run.tooLarge : 0,
    round: { runs: perRun === undefined ? null : Math.ceil(allBytes / perRun), runsLeft, endsAt },
    roots: roots.map(({ root, totals }) => ({ root, ...evidenceReport(totals) })),
  };
}

export function evidenceReport({ total, verified, recent, oldest, corrupt }: ContentTotals): EvidenceReport {
  const date = oldest === undefined ? null : new Date(oldest * 1000).toISOString();
  return { total, verified, recent, oldest: date, corrupt };
}

function sumOf(all: readonly ContentTotals[]): ContentTotals {
  const sum = (name: "total" | "verified" | "recent" | "corrupt" | "waiting") => ({
    blobs: all.reduce((blobs, totals) => blobs + totals[name].blobs, 0),
    bytes: all.reduce((bytes, totals) => bytes + totals[name].bytes, 0),
  });
  const oldest = all.reduce<number | undefined>(
    (least, totals) => (totals.oldest === undefined ? least : Math.min(least ?? totals.oldest, totals.oldest)),
    undefined,
  );
  const [total, verified, recent, corrupt, waiting] = [
    sum("total"),
    sum("verified"),
    sum("recent"),
    sum("corrupt"),
    sum("waiting"),
  ];
  return { total, verified, recent, oldest, corrupt, waiting };
}
