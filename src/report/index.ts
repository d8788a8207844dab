// The reporters of each command, by the names of --format.
import type { ForecastReport } from "../contract/forecast.ts";
import type { GateReport } from "../contract/gate.ts";
import type { PlanReport } from "../contract/plan.ts";
import type { ScanReport } from "../contract/scan.ts";
import type { UsageReport } from "../contract/usage.ts";
import type { WhyReport } from "../contract/why.ts";
import type { Page } from "../text/page.ts";
import { renderJson } from "./json.ts";
import { renderJsonLines } from "./jsonl.ts";
import { renderForecastText } from "./text/forecast.ts";
import { renderGateText } from "./text/gate.ts";
import { renderPlanText } from "./text/plan.ts";
import { renderText } from "./text/scan.ts";
import { renderUsageText } from "./text/usage.ts";
import { renderWhyText } from "./text/why.ts";

/** Yields chunks to be written one after another; each ends where it likes, the last ends its line. */
export type Reporter<Report> = (report: Report, page: Page) => Iterable<string>;
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
