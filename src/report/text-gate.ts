// The gate's answer for a person at a terminal: the decision, every reason with its next step, then what the scan and
// the forecast found. Short when the decision is go.
import type { Decision, GateReport } from "./forecast-report.ts";
import { formatNumberOf } from "./quantities.ts";
import { sortFindings } from "./text.ts";
import { renderForecastDetails, renderForecastVerdict } from "./text-forecast.ts";
import { renderFigures, renderRemovedTags } from "./text-forecast-figures.ts";
import { renderBrokenImages } from "./text-images.ts";
import { more, type Page, paragraph } from "./text-layout.ts";
import { renderChecked, renderTook, renderUnreadable, renderVerdict } from "./text-totals.ts";

const MAX_REASONS = 20;

/** Bounded as the reports of scan and forecast are. */
export function* renderGateText(report: GateReport, page: Page): Generator<string> {
  yield* renderDecision(page, report);
  yield* renderReasons(page, report.reasons);
  if (report.decision !== "go") yield* renderEvidence(page, report);
  yield "\n";
  yield* renderChecked(page, report.scan);
  yield* renderFigures(page, report.forecast);
  yield* renderTook(page, report);
}

function* renderDecision(page: Page, { decision, reasons, scan }: GateReport): Generator<string> {
  const { red, yellow, green, bold } = page.colour;
  const paint = { go: green, stop: red, undecided: yellow }[decision];
  const count = formatNumberOf(reasons.length, "reason");
  const { brokenTags } = scan.summary;
  const already =
    brokenTags > 0
      ? `; it makes ${formatNumberOf(brokenTags, "image")} that ${brokenTags === 1 ? "is" : "are"} broken already no worse`
      : "";
  const said: Record<Decision, string> = {
    go: `GO: the collection breaks nothing${already}`,
    stop: `STOP: ${count} against a collection`,
    undecided: `UNDECIDED, so do not collect: ${count}`,
  };
  yield* paragraph(page, said[decision], { first: 0, rest: 2, paint: (text) => bold(paint(text)) });
}

function* renderReasons(page: Page, reasons: readonly string[]): Generator<string> {
  for (const reason of reasons.slice(0, MAX_REASONS)) yield* paragraph(page, `- ${reason}`, { first: 2, rest: 4 });
  yield* more(page, 2, reasons.length - MAX_REASONS);
}

function* renderEvidence(page: Page, { scan, forecast }: GateReport): Generator<string> {
  if (forecast.verdict !== "clean" && forecast.verdict !== "incomplete") {
    yield "\n";
    yield* renderForecastVerdict(page, forecast);
    yield* renderForecastDetails(page, forecast);
    yield* renderRemovedTags(page, forecast);
  }
  const { breaking, rest } = sortFindings(scan);
  if (scan.summary.error > 0 || scan.summary.brokenTags > 0) {
    yield "\n";
    yield* renderVerdict(page, scan, rest.count("error"));
    yield* renderBrokenImages(page, scan, breaking);
  }
  yield* renderUnreadable(page, scan);
}
