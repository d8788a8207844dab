// The first and the last lines of the text report: the verdict, what could not be read, what was checked.

import type { Finding } from "../../contract/finding.ts";
import { namedRegistry } from "../../contract/run.ts";
import type { RootReport, ScanReport } from "../../contract/scan.ts";
import { escapeText, showUnprintable } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { limit, more, type Page, paragraph, pathLine, row } from "../../text/page.ts";
import { formatBytes, formatCount, formatDuration, formatNumberOf } from "../../text/quantities.ts";
import { type Answer, scanAnswer } from "../answers.ts";
import { errorAdvice } from "../error-advice.ts";
import { evidenceWords, type RootEvidence } from "../evidence-words.ts";
import { renderContent } from "./content.ts";
import { namePrefix } from "./finding.ts";

/** Errors shown of what could not be read, and places of each. */
const MAX_ERRORS = 5;
const MAX_PLACES = 3;

/** The answer in one line. `otherErrors` counts those that break no image. */
export function renderVerdict(page: Page, report: ScanReport, otherErrors: number): Generator<string> {
  return answerLine(page, scanAnswer(report, otherErrors));
}

/** The answer, in the colour of its tone. */
export function answerLine(page: Page, { words, tone }: Answer): Generator<string> {
  const { red, yellow, green, bold } = page.colour;
  const paint = { good: green, doubtful: yellow, bad: red }[tone];
  return paragraph(page, words, { first: 0, rest: 2, paint: (text) => bold(paint(text)) });
}

/** By error, since one bad disk or permission gives the same error many times. */
export function* renderUnreadable(
  page: Page,
  report: Pick<ScanReport, "unreadable"> & { readonly roots: readonly { readonly name: string }[] },
): Generator<string> {
  if (report.unreadable.length === 0) return;
  // One that was not found is named even where only one was.
  const lost = report.unreadable.filter(({ root }) => root !== "" && !report.roots.some(({ name }) => name === root));
  const prefix = namePrefix({ roots: [...report.roots, ...lost] });
  const byError = [...groupBy(report.unreadable, ({ error }) => error)];
  yield "\n";
  yield* paragraph(page, "Could not be read, so nothing is known about it:", { first: 0, paint: page.colour.bold });
  for (const [error, places] of byError.slice(0, limit(page, MAX_ERRORS))) {
    yield* paragraph(page, escapeText(error), { first: 2, rest: 4, paint: page.colour.yellow });
    for (const { root, path } of places.slice(0, limit(page, MAX_PLACES)))
      yield* pathLine(page, 4, prefix(root) + path);
    yield* more(page, 4, places.length - limit(page, MAX_PLACES));
    const advice = errorAdvice(error);
    if (advice !== undefined) yield* paragraph(page, `fix: ${advice}`, { first: 4, rest: 6, paint: page.colour.green });
  }
  yield* more(
    page,
    2,
    byError.slice(limit(page, MAX_ERRORS)).reduce((sum, [, places]) => sum + places.length, 0),
  );
}

export function* renderTotals(page: Page, report: ScanReport): Generator<string> {
  yield "\n";
  for (const root of report.roots) yield* renderRoot(page, root, report.roots.length > 1);
  yield* renderContent(page, report);
  yield* renderFound(page, report);
  yield* renderTook(page, report);
}

export function renderFound(page: Page, { summary }: Pick<ScanReport, "summary">): Generator<string> {
  const found = [
    formatNumberOf(summary.brokenTags, "broken tag"),
    formatNumberOf(summary.error, "error"),
    formatNumberOf(summary.warning, "warning"),
    formatNumberOf(summary.info, "note"),
    ...(summary.accepted > 0 ? [`${formatCount(summary.accepted)} accepted`] : []),
  ];
  return paragraph(page, `Found ${found.join(", ")}.`, { first: 0, rest: 2 });
}

export function* renderTook(
  page: Page,
  {
    registry,
    durationMs,
    dryRun,
    roots,
  }: Pick<ScanReport, "registry" | "durationMs" | "dryRun"> & {
    readonly roots: readonly RootEvidence[];
  },
): Generator<string> {
  for (const words of evidenceWords(roots)) yield* paragraph(page, escapeText(words), { first: 0, rest: 2 });
  const named = namedRegistry(registry);
  const about = named === undefined ? "" : `Answered for ${named}. `;
  yield* paragraph(
    page,
    `${about}Took ${formatDuration(durationMs)}.${dryRun ? " Dry run: nothing was written." : ""}`,
    {
      first: 0,
    },
  );
}

/** The command that goes on from here; `otherRoot` is for what breaks no image; to be copied, so neither wrapped nor shortened. */
function nextStep({ brokenTags, causes, roots }: ScanReport, otherRoot: string | undefined): string | undefined {
  const [cause] = causes;
  if (cause) return `Next: ${showUnprintable(cause.next)}`;
  const root = brokenTags[0]?.root ?? otherRoot;
  if (root === undefined) return undefined;
  const path = showUnprintable(roots.find(({ name }) => name === root)?.path ?? "");
  return `Next: regfsck plan ${path}`;
}

/** Lines that a terminal is sure to show at once. */
const SCREEN = 24;

/**
 * The end, where a terminal stands still: the next step, and after more lines than a screen holds the answer once more, which has gone
 * by at the top. `lines` is how many were printed; a cause has named its step at the top.
 */
export function* renderEnd(
  page: Page,
  report: ScanReport,
  {
    lines,
    answer,
    otherRoot,
  }: { readonly lines: number; readonly answer: Answer; readonly otherRoot: string | undefined },
): Generator<string> {
  const { brokenTags, causes } = report;
  const next = nextStep(report, otherRoot);
  const isLong = lines > SCREEN;
  if (next === undefined || (causes.length > 0 && !isLong)) return;
  yield "\n";
  if (isLong) yield* answerLine(page, answer);
  const what = brokenTags.length > 0 ? "how to repair them" : "what can be fixed or cleaned up";
  yield `${page.colour.bold(next)}${causes.length > 0 ? "" : ` (${what})`}\n`;
}

/** Findings that the configuration accepts: counted by `acceptedLabel`, so that nobody forgets that they are there. */
export function* renderAccepted(page: Page, accepted: ReadonlyMap<string, number>): Generator<string> {
  if (accepted.size === 0) return;
  yield "\n";
  yield* paragraph(page, "Accepted in the configuration:", { first: 0, paint: page.colour.bold });
  for (const [label, count] of accepted) {
    yield* paragraph(page, `${formatCount(count)} × ${escapeText(label)}`, { first: 2, rest: 4 });
  }
}

/** What is accepted, until when and why. */
export function acceptedLabel({ code, accepted }: Finding): string {
  return `${code}, until ${accepted?.until}: ${accepted?.reason}`;
}

/** Which root it was: its name where there are several, its path, its kind. */
export function rootRow(
  page: Page,
  label: string,
  { name, path, kind }: Pick<RootReport, "name" | "path" | "kind">,
  several: boolean,
): Generator<string> {
  return row(page, 0, [
    { text: label },
    { text: several ? name : "", paint: page.colour.bold },
    { text: path },
    { text: kind === "cache" ? "(pull-through cache)" : "(authoritative)", paint: page.colour.dim },
  ]);
}

/** Which root was checked, and how much was found in it. */
export function* renderRoot(page: Page, root: RootReport, several: boolean): Generator<string> {
  yield* rootRow(page, "Checked", root, several);
  const { counts } = root;
  const parts = [
    formatNumberOf(counts.repositories, "repository", "repositories"),
    formatNumberOf(counts.tags, "tag"),
    formatNumberOf(counts.revisions, "revision"),
    formatNumberOf(counts.layerLinks, "layer link"),
    `${formatNumberOf(counts.blobs, "blob")} of ${formatBytes(counts.blobBytes)}`,
    ...(counts.uploads > 0 ? [formatNumberOf(counts.uploads, "upload")] : []),
  ];
  yield* paragraph(page, parts.join(", "), { first: 2 });
}
