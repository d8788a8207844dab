// The reporters of plan, by the names of --format.
import { renderPlanJson, renderPlanJsonLines } from "./plan-json.ts";
import type { PlanReport } from "./plan-report.ts";
import { renderPlanText } from "./plan-text.ts";
import type { Page } from "./text-layout.ts";

export const PLAN_REPORTERS = {
  text: renderPlanText,
  json: renderPlanJson,
  jsonl: renderPlanJsonLines,
} as const satisfies Record<string, (report: PlanReport, page: Page) => Iterable<string>>;
