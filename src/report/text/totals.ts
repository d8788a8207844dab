// The first and the last lines of the text report: the verdict, what could not be read, what was checked.

import type { Finding } from "../../contract/finding.ts";
import { namedRegistry } from "../../contract/run.ts";
import type { RootReport, ScanReport } from "../../contract/scan.ts";
import { escapeText, showUnprintable } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { limit, more, type Page, type Paint, paragraph, pathLine, row } from "../../text/page.ts";
import { formatBytes, formatCount, formatDuration, formatNumberOf } from "../../text/quantities.ts";
import { namePrefix } from "./finding.ts";

/** Errors shown of what could not be read, and places of each. */
const MAX_ERRORS = 5;
const MAX_PLACES = 3;

/**
 * The answer in one line. It goes by the counts: "clean" never stands for broken images, whatever the verdict permits.
 * `otherErrors` counts those that break no image.
 */
export function* renderVerdict(page: Page, report: ScanReport, otherErrors: number): Generator<string> {
  const { red, yellow, green, bold } = page.colour;
  const tags = report.roots.reduce((sum, root) => sum + root.counts.tags, 0);
  const found = findings(report, tags, otherErrors);
  const incomplete = report.verdict.includes("incomplete") ? `incomplete: ${incompleteness(report)}` : undefined;
  const warned = severities(report.summary);
  const clean = `clean: no broken image among ${formatNumberOf(tags, "tag")}${warned === "" ? "" : ` (${warned})`}`;
  const said = [found, incomplete].filter((part) => part !== undefined).join("; ");
  const paint: Paint = report.summary.error > 0 || report.summary.brokenTags > 0 ? red : said === "" ? green : yellow;
  yield* paragraph(page, said === "" ? clean : said, { first: 0, rest: 2, paint: (text) => bold(paint(text)) });
}

/** Undefined when nothing was found that counts. */
function findings({ summary, verdict, brokenTags }: ScanReport, tags: number, otherErrors: number): string | undefined {
  const { brokenTags: broken, error } = summary;
  if (broken > 0) {
    const besides = otherErrors > 0 ? `, and ${formatNumberOf(otherErrors, "error")} besides` : "";
    return `${formatCount(broken)} of ${formatNumberOf(tags, "tag")} ${broken === 1 ? "is" : "are"} broken${images(brokenTags)}${besides}`;
  }
  return error > 0 || verdict.startsWith("findings") ? `no broken image, but ${severities(summary)}` : undefined;
}

/** How many images they are, where several tags name one. */
function images(brokenTags: ScanReport["brokenTags"]): string {
  const images = new Set(
    brokenTags.map(({ root, repository, tag, digest }) => `${root} ${repository} ${digest ?? tag}`),
  );
  return images.size === brokenTags.length ? "" : ` (${formatNumberOf(images.size, "image")})`;
}

function incompleteness({ roots, unreadable }: ScanReport): string {
  if (unreadable.length > 0) return `${formatNumberOf(unreadable.length, "place")} could not be read`;
  const empty = roots.find(({ counts }) => counts.repositories === 0 && counts.blobs === 0);
  if (empty) return `${escapeText(empty.path)} is empty; is it mounted?`;
  return "not all could be checked";
}

/** `2 errors, 12 warnings`; info is left out. "" when there is none. */
function severities({ error, warning, info }: ScanReport["summary"]): string {
  const counts = [
    error > 0 ? formatNumberOf(error, "error") : "",
    warning > 0 ? formatNumberOf(warning, "warning") : "",
  ];
  const said = counts.filter((text) => text !== "").join(", ");
  return said === "" && info > 0 ? formatNumberOf(info, "note") : said;
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
  yield* renderFound(page, report);
  yield* renderTook(page, report);
}

export function renderFound(page: Page, { summary }: ScanReport): Generator<string> {
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
  { registry, durationMs, dryRun }: Pick<ScanReport, "registry" | "durationMs" | "dryRun">,
): Generator<string> {
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

/** The command that goes on from here, where no cause has named one; `otherRoot` is for what breaks no image; to be copied, so neither wrapped nor shortened. */
export function* renderNext(
  { colour }: Page,
  { brokenTags, causes, roots }: ScanReport,
  otherRoot: string | undefined,
): Generator<string> {
  const root = brokenTags[0]?.root ?? otherRoot;
  if (root === undefined || causes.length > 0) return;
  const path = showUnprintable(roots.find(({ name }) => name === root)?.path ?? "");
  const what = brokenTags.length > 0 ? "how to repair them" : "what can be fixed or cleaned up";
  yield `\n${colour.bold(`Next: regfsck plan ${path}`)} (${what})\n`;
}

/** Findings that the configuration accepts: counted by reason, so that nobody forgets that they are there. */
export function* renderAccepted(page: Page, accepted: readonly Finding[]): Generator<string> {
  if (accepted.length === 0) return;
  yield "\n";
  yield* paragraph(page, "Accepted in the configuration:", { first: 0, paint: page.colour.bold });
  for (const [label, findings] of groupBy(accepted, acceptedLabel)) {
    yield* paragraph(page, `${formatCount(findings.length)} × ${escapeText(label)}`, { first: 2, rest: 4 });
  }
}

function acceptedLabel({ code, accepted }: Finding): string {
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
