// Where a collection would abort: every place by its path, which the program itself does not name.

import type { AbortReport, ForecastReport, RootForecastReport } from "../../contract/forecast.ts";
import { shortDigest } from "../../layout/digest.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { more, type Page, paragraph, row } from "../../text/page.ts";
import { formatNumberOf } from "../../text/quantities.ts";
import { type NamePrefix, namePrefix } from "./finding.ts";

/** Places said in full, and names of what is gone by then. */
const MAX_PLACES = 20;
const MAX_GONE = 5;

export function* renderAborts(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  for (const root of report.roots) {
    if (root.aborts.length === 0) continue;
    const name = report.roots.length > 1 ? ` of ${escapeText(root.name)}` : "";
    const next = root.aborts.length > 1 ? ", at the next as soon as one is mended" : "";
    const title = `Collection${name} would abort at ${formatNumberOf(root.aborts.length, "place")}${next}:`;
    yield "\n";
    yield* paragraph(page, title, { first: 0, rest: 2, paint: page.colour.bold });
    yield* places(page, root, prefix);
    yield* goneByThen(page, root, prefix);
  }
}

/** The first stays the first; places with the same message are said together. */
function* places(page: Page, { name, aborts }: RootForecastReport, prefix: NamePrefix): Generator<string> {
  const shown = aborts.slice(0, MAX_PLACES);
  for (const [message, alike] of groupBy(shown, (abort: AbortReport) => abort.message)) {
    for (const { path } of alike) yield* row(page, 2, [{ text: prefix(name) + path, paint: page.colour.red }]);
    yield* paragraph(page, escapeText(message), { first: 4, rest: 6 });
  }
  yield* more(page, 2, aborts.length - shown.length);
}

function* goneByThen(page: Page, { name, aborts, deletedManifests }: RootForecastReport, prefix: NamePrefix) {
  if (deletedManifests.length === 0) return;
  const then = aborts.length === 1 ? "By then" : "By the first of them";
  const gone = deletedManifests.length === 1 ? "is gone" : "are gone";
  const title = `${then} ${formatNumberOf(deletedManifests.length, "manifest")} ${gone}, and no blob:`;
  yield* paragraph(page, title, { first: 2, rest: 4, paint: page.colour.yellow });
  for (const manifest of deletedManifests.slice(0, MAX_GONE)) {
    const at = manifest.lastIndexOf("@");
    yield* row(page, 4, [
      { text: prefix(name) + manifest.slice(0, at) },
      { text: shortDigest(manifest.slice(at + 1)) },
    ]);
  }
  yield* more(page, 4, deletedManifests.length - MAX_GONE);
}
