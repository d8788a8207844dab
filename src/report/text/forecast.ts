// The forecast for a person at a terminal: verdict, the images that would break and what keeps them, where garbage
// collection would abort, what it does not see, what deletes and clean-up take, figures.
import type { AbortReport, ForecastReport, RootForecastReport } from "../../contract/forecast.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { digestText, limit, more, type Page, paragraph, pathLine, row } from "../../text/page.ts";
import { formatNumberOf } from "../../text/quantities.ts";
import { forecastAnswer } from "../answers.ts";
import { type NamePrefix, namePrefix } from "./finding.ts";
import { renderBreaks, renderHarms } from "./forecast-breaks.ts";
import { renderDeletes } from "./forecast-deletes.ts";
import { renderFigures, renderRemovedTags, renderUnseen } from "./forecast-figures.ts";
import { renderRefused } from "./forecast-refused.ts";
import { answerLine, renderTook, renderUnreadable } from "./totals.ts";

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

/** The answer in one line. */
export function renderForecastVerdict(page: Page, report: ForecastReport): Generator<string> {
  return answerLine(page, forecastAnswer(report));
}

/** The images that would break, where garbage collection would abort, and what it does not see. */
export function* renderForecastDetails(page: Page, report: ForecastReport): Generator<string> {
  yield* renderRefused(page, report);
  yield* renderBreaks(page, report);
  yield* renderHarms(page, report);
  yield* renderAborts(page, report);
  yield* renderUnseen(page, report);
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
