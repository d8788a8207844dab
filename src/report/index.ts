// The reporters of each command, by the names of --format.
import type { ForecastReport, GateReport } from "./forecast-report.ts";
import { renderJson } from "./json.ts";
import { renderJsonLines } from "./jsonl.ts";
import type { PlanReport } from "./plan-report.ts";
import { renderPlanText } from "./plan-text.ts";
import type { ScanReport } from "./report.ts";
import { renderText } from "./text.ts";
import { renderForecastText } from "./text-forecast.ts";
import { renderGateText } from "./text-gate.ts";
import type { Page } from "./text-layout.ts";
import type { UsageReport } from "./usage-report.ts";
import { renderUsageText } from "./usage-text.ts";
import type { WhyReport } from "./why-report.ts";
import { renderWhyText } from "./why-text.ts";

/** Yields chunks to be written one after another; each ends where it likes, the last ends its line. */
export type Reporter<Report> = (report: Report, page: Page) => Iterable<string>;
export type ReportFormat = "text" | "json" | "jsonl";
interface Reporters<Report> {
  readonly text: Reporter<Report>;
  json(report: Report): Iterable<string>;
  jsonl(report: Report): Iterable<string>;
}

export const REPORTERS: Reporters<ScanReport> = { text: renderText, json: renderJson, jsonl: renderJsonLines.scan };
export const FORECAST_REPORTERS: Reporters<ForecastReport> = {
  text: renderForecastText,
  json: renderJson,
  jsonl: renderJsonLines.forecast,
};
export const GATE_REPORTERS: Reporters<GateReport> = {
  text: renderGateText,
  json: renderJson,
  jsonl: renderJsonLines.gate,
};
export const PLAN_REPORTERS: Reporters<PlanReport> = {
  text: renderPlanText,
  json: renderJson,
  jsonl: renderJsonLines.plan,
};
export const USAGE_REPORTERS: Reporters<UsageReport> = {
  text: renderUsageText,
  json: renderJson,
  jsonl: renderJsonLines.usage,
};
export const WHY_REPORTERS: Reporters<WhyReport> = {
  text: renderWhyText,
  json: renderJson,
  jsonl: renderJsonLines.why,
};
