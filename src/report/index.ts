// The reporters of each command, by the names of --format.
import type { ForecastReport, GateReport } from "./forecast-report.ts";
import { renderJson } from "./json.ts";
import { renderForecastJson } from "./json-forecast.ts";
import { renderGateJson } from "./json-gate.ts";
import { renderJsonLines } from "./jsonl.ts";
import { renderForecastJsonLines } from "./jsonl-forecast.ts";
import { renderGateJsonLines } from "./jsonl-gate.ts";
import type { ScanReport } from "./report.ts";
import { renderText } from "./text.ts";
import { renderForecastText } from "./text-forecast.ts";
import { renderGateText } from "./text-gate.ts";
import type { Page } from "./text-layout.ts";

/** Yields chunks to be written one after another; each ends where it likes, the last ends its line. */
export type Reporter<Report = ScanReport> = (report: Report, page: Page) => Iterable<string>;

export const REPORTERS = {
  text: renderText,
  json: renderJson,
  jsonl: renderJsonLines,
} as const satisfies Record<string, Reporter>;
export type ReportFormat = keyof typeof REPORTERS;

export const FORECAST_REPORTERS = {
  text: renderForecastText,
  json: renderForecastJson,
  jsonl: renderForecastJsonLines,
} as const satisfies Record<ReportFormat, Reporter<ForecastReport>>;

export const GATE_REPORTERS = {
  text: renderGateText,
  json: renderGateJson,
  jsonl: renderGateJsonLines,
} as const satisfies Record<ReportFormat, Reporter<GateReport>>;
