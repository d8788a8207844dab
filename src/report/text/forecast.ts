// The forecast for a person at a terminal: verdict, the images that would break and what keeps them, where garbage
// collection would abort, what it does not see, what deletes and clean-up take, figures.
import type { AbortReport, ForecastReport, RootForecastReport } from "../../contract/forecast.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { digestText, limit, more, type Page, type Paint, paragraph, pathLine, row } from "../../text/page.ts";
import { formatCount, formatNumberOf } from "../../text/quantities.ts";
import { harmedImages } from "../gc-words.ts";
import { type NamePrefix, namePrefix } from "./finding.ts";
import { renderBreaks, renderHarms } from "./forecast-breaks.ts";
import { renderDeletes } from "./forecast-deletes.ts";
import { renderFigures, renderRemovedTags, renderUnseen, subjectOf } from "./forecast-figures.ts";
import { refusedWords, renderRefused } from "./forecast-refused.ts";
import { renderTook, renderUnreadable } from "./totals.ts";

/** Bounded: however much is deleted and broken, what is printed stays within a few hundred lines. */
export function* renderForecastText(report: ForecastReport, page: Page): Generator<string> {
  yield* renderForecastVerdict(page, report);
  yield* renderForecastDetails(page, report);
  yield* renderUnreadable(page, report);
  yield* renderDeletes(page, report);
  yield* renderRemovedTags(page, report);
  yield "\n";
  yield* renderFigures(page, report);
  yield* renderTook(page, report);
}

/** The answer in one line. It goes by what the roots hold: "breaks nothing" never stands beside a break. */
export function* renderForecastVerdict(page: Page, report: ForecastReport): Generator<string> {
  const { red, yellow, green, bold } = page.colour;
  const { roots, unreadable } = report;
  const unseen = roots.reduce((sum, root) => sum + root.unseenRepositories.length, 0);
  const harm = harmOf(report);
  const incomplete = report.verdict.includes("incomplete")
    ? `incomplete: ${unreadable.length > 0 ? `${formatNumberOf(unreadable.length, "place")} could not be read` : "not all could be read"}`
    : "";
  const { name, breaks } = subjectOf(report);
  const blind = `, but does not see ${formatNumberOf(unseen, "repository", "repositories")}`;
  const harmless = incomplete === "" ? `${name} ${breaks} nothing${unseen > 0 ? blind : ""}` : "";
  const refused = refusedWords(report);
  const said = [refused, harm === "" ? harmless : `${name} would ${harm}`, incomplete].filter((part) => part !== "");
  const paint: Paint = harm + refused !== "" ? red : incomplete !== "" || unseen > 0 ? yellow : green;
  yield* paragraph(page, said.join("; "), { first: 0, rest: 2, paint: (text) => bold(paint(text)) });
}

/** The images that would break, where garbage collection would abort, and what it does not see. */
export function* renderForecastDetails(page: Page, report: ForecastReport): Generator<string> {
  yield* renderRefused(page, report);
  yield* renderBreaks(page, report);
  yield* renderHarms(page, report);
  yield* renderAborts(page, report);
  yield* renderUnseen(page, report);
}

/** What deletes and garbage collection would do that they should not; "" for nothing. */
function harmOf({ roots, verdict }: ForecastReport): string {
  const aborting = roots.filter(({ outcome }) => outcome === "aborts");
  const halfWay = aborting.some(({ deletedManifests }) => deletedManifests.length > 0);
  const breaks = roots.flatMap((root) => root.breaks);
  const atOnce = breaks.filter(({ phase }) => phase === "delete").length;
  const when = atOnce === 0 ? "" : atOnce === breaks.length ? " at once" : ` (${formatCount(atOnce)} at once)`;
  const failing = roots.flatMap(({ deletes }) => deletes.filter(({ answer }) => answer === "fails-half-way"));
  const harms = roots.flatMap(({ losesRepair }) => losesRepair);
  const where = roots.length > 1 ? ` in ${formatCount(aborting.length)} of ${formatCount(roots.length)} roots` : "";
  const harm = [
    aborting.length > 0 ? `abort${halfWay ? " half-way" : ""}${where}` : "",
    breaks.length > 0 ? `break ${formatNumberOf(breaks.length, "image")}${when}` : "",
    harms.length > 0 ? `delete more of ${harmedImages(harms)}` : "",
    failing.length > 0 ? `fail half-way in ${formatNumberOf(failing.length, "delete")}` : "",
  ];
  const shown = harm.filter((part) => part !== "").join(" and ");
  // With --repo the images of other repositories are not listed, but they count.
  const isRefusing = roots.some(({ refusedTags }) => refusedTags.length > 0);
  return shown === "" && !isRefusing && verdict.startsWith("findings")
    ? "break images of repositories that --repo leaves out"
    : shown;
}

/** Places shown in full, and names of what is gone by then. */
const MAX_PLACES = 20;
const MAX_GONE = 5;

function* renderAborts(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  for (const root of report.roots) {
    if (root.aborts.length === 0) continue;
    const name = report.roots.length > 1 ? ` of ${escapeText(root.name)}` : "";
    const next = root.aborts.length > 1 ? ", at the next as soon as one is fixed" : "";
    const title = `Garbage collection${name} would abort at ${formatNumberOf(root.aborts.length, "place")}${next}:`;
    yield "\n";
    yield* paragraph(page, title, { first: 0, rest: 2, paint: page.colour.bold });
    yield* places(page, root, prefix);
    yield* goneByThen(page, root, prefix);
  }
}

/** The first stays the first; places with the same message are shown together. */
function* places(page: Page, { name, aborts }: RootForecastReport, prefix: NamePrefix): Generator<string> {
  const shown = aborts.slice(0, limit(page, MAX_PLACES));
  for (const [message, alike] of groupBy(shown, (abort: AbortReport) => abort.message)) {
    for (const { path } of alike) yield* pathLine(page, 2, prefix(name) + path, page.colour.red);
    yield* paragraph(page, escapeText(message), { first: 4, rest: 6 });
  }
  yield* more(page, 2, aborts.length - shown.length);
}

function* goneByThen(page: Page, { name, aborts, deletedManifests }: RootForecastReport, prefix: NamePrefix) {
  if (deletedManifests.length === 0) return;
  const then = aborts.length === 1 ? "By then" : "By the first of them";
  const gone = deletedManifests.length === 1 ? "is deleted" : "are deleted";
  const title = `${then} ${formatNumberOf(deletedManifests.length, "manifest")} ${gone}, and no blob:`;
  yield* paragraph(page, title, { first: 2, rest: 4, paint: page.colour.yellow });
  for (const manifest of deletedManifests.slice(0, limit(page, MAX_GONE))) {
    const at = manifest.lastIndexOf("@");
    yield* row(page, 4, [
      { text: prefix(name) + manifest.slice(0, at) },
      { text: digestText(page, manifest.slice(at + 1)) },
    ]);
  }
  yield* more(page, 4, deletedManifests.length - limit(page, MAX_GONE));
}
