// The forecast for a person at a terminal: verdict, the images that would break and what keeps them, where collection
// would abort, what it does not see, what the clean-up removes, figures.
import type { ForecastReport } from "../../contract/forecast.ts";
import { type Page, type Paint, paragraph } from "../../text/page.ts";
import { formatCount, formatNumberOf } from "../../text/quantities.ts";
import { renderAborts } from "./forecast-aborts.ts";
import { renderBreaks, renderHarms } from "./forecast-breaks.ts";
import { renderFigures, renderRemovedTags, renderUnseen, subjectOf } from "./forecast-figures.ts";
import { renderTook, renderUnreadable } from "./totals.ts";

/** Bounded: however much is deleted and broken, what is printed stays within a few hundred lines. */
export function* renderForecastText(report: ForecastReport, page: Page): Generator<string> {
  yield* renderForecastVerdict(page, report);
  yield* renderForecastDetails(page, report);
  yield* renderUnreadable(page, report);
  yield* renderRemovedTags(page, report);
  yield "\n";
  yield* renderFigures(page, report);
  yield* renderTook(page, report);
}

/** The answer in one line. It goes by what the roots hold: "breaks nothing" is never said beside a break. */
export function* renderForecastVerdict(page: Page, report: ForecastReport): Generator<string> {
  const { red, yellow, green, bold } = page.colour;
  const { roots, unreadable } = report;
  const unseen = roots.reduce((sum, root) => sum + root.unseenRepositories.length, 0);
  const harm = harmOf(report);
  const incomplete = report.verdict.includes("incomplete")
    ? `incomplete: ${unreadable.length > 0 ? `${formatNumberOf(unreadable.length, "place")} could not be read` : "not all could be read"}`
    : "";
  const { name, breaks } = subjectOf(roots);
  const blind = `, but does not see ${formatNumberOf(unseen, "repository", "repositories")}`;
  const harmless = incomplete === "" ? `${name} ${breaks} nothing${unseen > 0 ? blind : ""}` : "";
  const said = [harm === "" ? harmless : `${name} would ${harm}`, incomplete].filter((part) => part !== "");
  const paint: Paint = harm !== "" ? red : incomplete !== "" || unseen > 0 ? yellow : green;
  yield* paragraph(page, said.join("; "), { first: 0, rest: 2, paint: (text) => bold(paint(text)) });
}

/** The images that would break, where collection would abort, and what it does not see. */
export function* renderForecastDetails(page: Page, report: ForecastReport): Generator<string> {
  yield* renderBreaks(page, report);
  yield* renderHarms(page, report);
  yield* renderAborts(page, report);
  yield* renderUnseen(page, report);
}

/** What collection would do that it should not; "" for nothing. */
function harmOf({ roots, verdict }: ForecastReport): string {
  const aborting = roots.filter(({ outcome }) => outcome === "aborts");
  const halfWay = aborting.some(({ deletedManifests }) => deletedManifests.length > 0);
  const broken = roots.reduce((sum, root) => sum + root.breaks.length, 0);
  const harmed = roots.reduce((sum, root) => sum + root.losesRepair.length, 0);
  const where = roots.length > 1 ? ` in ${formatCount(aborting.length)} of ${formatCount(roots.length)} roots` : "";
  const harm = [
    aborting.length > 0 ? `abort${halfWay ? " half-way" : ""}${where}` : "",
    broken > 0 ? `break ${formatNumberOf(broken, "image")}` : "",
    harmed > 0
      ? `take more from ${formatNumberOf(harmed, "image")} that ${harmed === 1 ? "is" : "are"} broken already`
      : "",
  ];
  const shown = harm.filter((part) => part !== "").join(" and ");
  // With --repo the images of other repositories are not listed, but they count.
  return shown === "" && verdict.startsWith("findings") ? "break images of repositories that --repo leaves out" : shown;
}
