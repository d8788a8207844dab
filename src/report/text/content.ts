// How far the content of blobs is verified, as lines of the text report.
import type { ContentReport, EvidenceReport } from "../../contract/content.ts";
import type { ScanReport } from "../../contract/scan.ts";
import { type Page, paragraph } from "../../text/page.ts";
import { formatBytes, formatDuration, formatNumberOf, formatShare } from "../../text/quantities.ts";

/** Nothing where nothing is known of it. */
export function* renderContent(page: Page, { content }: Pick<ScanReport, "content">): Generator<string> {
  if (!content) return;
  const { read, ended, tooLarge, round } = content;
  const lines = [
    ...(ended === "not-asked" ? [] : [readLine(read, ended)]),
    evidenceLine(content, ended === "not-asked" ? "Content: verified" : "Verified"),
    ...(ended === "complete" || round.runs === null ? [] : [roundLine(round)]),
  ];
  yield* paragraph(page, lines.join(" "), { first: 0, rest: 2 });
  if (tooLarge === 0) return;
  const are = tooLarge === 1 ? "is" : "are";
  yield* paragraph(
    page,
    `${formatNumberOf(tooLarge, "blob")} ${are} larger than this budget and never verified with it: raise it.`,
    { first: 2, rest: 4, paint: page.colour.yellow },
  );
}

function readLine({ blobs, bytes, durationMs, bytesPerSecond }: ContentReport["read"], ended: ContentReport["ended"]) {
  const rate = bytesPerSecond === null ? "" : `, ${formatBytes(bytesPerSecond)} a second`;
  const why = ended === "complete" ? "" : `, as far as --${ended} permits`;
  return `Content: read ${formatBytes(bytes)} in ${formatNumberOf(blobs, "blob")} (${formatDuration(durationMs)}${rate})${why}.`;
}

/** How much is verified, and how old that is. */
export function evidenceLine({ total, verified, recent, oldest, corrupt }: EvidenceReport, begin: string): string {
  const all = `${formatShare(verified.bytes, total.bytes)} of ${formatBytes(total.bytes)}`;
  const since = oldest === null ? "" : `, the oldest on ${oldest.slice(0, 10)}`;
  const young = recent.bytes === verified.bytes ? "" : `, ${formatShare(recent.bytes, total.bytes)} within 30 days`;
  const bad = corrupt.blobs === 0 ? "" : `; ${formatNumberOf(corrupt.blobs, "blob")} corrupt`;
  return `${begin} ${all}${young}${since}${bad}.`;
}

function roundLine({ runs, runsLeft, endsAt }: ContentReport["round"]): string {
  const left = runsLeft === null || runsLeft === 0 ? "" : `; this round needs ${runsLeft} more`;
  const when = endsAt === null || left === "" ? "" : `, until about ${endsAt.slice(0, 10)}`;
  return `With this budget all is read in ${formatNumberOf(runs ?? 0, "run")}${left}${when}.`;
}
