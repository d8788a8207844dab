// The gate's answer for a person at a terminal: the decision, every reason with its next step, then what the scan and
// the forecast found. Short when the decision is go.
import type { GateReport } from "../../contract/gate.ts";
import { limit, more, type Page, paragraph } from "../../text/page.ts";
import { gateAnswer } from "../answers.ts";
import { renderCauses } from "./causes.ts";
import { renderForecastDetails, renderForecastVerdict } from "./forecast.ts";
import { renderDeletes } from "./forecast-deletes.ts";
import { renderRemovedTags, rootFigures } from "./forecast-figures.ts";
import { renderBrokenImages } from "./images.ts";
import { sortFindings } from "./scan.ts";
import { answerLine, renderFound, renderRoot, renderTook, renderUnreadable, renderVerdict, rootRow } from "./totals.ts";

const MAX_REASONS = 20;

/** Bounded as the reports of scan and forecast are. */
export function* renderGateText(report: GateReport, page: Page): Generator<string> {
  yield* answerLine(page, gateAnswer(report));
  yield* renderReasons(page, report.reasons);
  yield* renderWarnings(page, report.warnings);
  if (report.decision !== "go") yield* renderEvidence(page, report);
  else yield* renderCauses(page, report.scan);
  yield* renderDeletes(page, report.forecast);
  yield* renderRemovedTags(page, report.forecast);
  yield* renderTotals(page, report);
}

function* renderReasons(page: Page, reasons: readonly string[]): Generator<string> {
  for (const reason of reasons.slice(0, limit(page, MAX_REASONS)))
    yield* paragraph(page, `- ${reason}`, { first: 2, rest: 4, keep: true });
  yield* more(page, 2, reasons.length - limit(page, MAX_REASONS));
}

function* renderWarnings(page: Page, warnings: readonly string[]): Generator<string> {
  for (const warning of warnings.slice(0, limit(page, MAX_REASONS)))
    yield* paragraph(page, `warning: ${warning}`, { first: 2, rest: 4, paint: page.colour.yellow, keep: true });
  yield* more(page, 2, warnings.length - limit(page, MAX_REASONS));
}

function* renderEvidence(page: Page, { scan, forecast }: GateReport): Generator<string> {
  if (forecast.verdict !== "clean" && forecast.verdict !== "incomplete") {
    yield "\n";
    yield* renderForecastVerdict(page, forecast);
    yield* renderForecastDetails(page, forecast);
  }
  yield* renderCauses(page, scan);
  if (scan.brokenTags.length > 0) {
    const { breaking, rest } = sortFindings(scan, page);
    yield "\n";
    yield* renderVerdict(page, scan, rest.count("error"));
    yield* renderBrokenImages(page, scan, breaking);
  }
  yield* renderUnreadable(page, scan);
}

/** A root after the other, what was read there and what garbage collection would do; without the counts when it may run. */
function* renderTotals(page: Page, report: GateReport): Generator<string> {
  const { decision, scan, forecast } = report;
  const several = scan.roots.length > 1;
  yield "\n";
  for (const root of scan.roots) {
    yield* decision === "go" ? rootRow(page, "Checked", root, several) : renderRoot(page, root, several);
    const forecastRoot = forecast.roots.find(({ path }) => path === root.path);
    if (forecastRoot) yield* rootFigures(page, forecastRoot);
  }
  yield* renderFound(page, scan);
  yield* renderTook(page, { ...report, roots: scan.roots });
}
