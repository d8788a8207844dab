// The reporters of usage, by the names of --format.
import type { Page } from "./text-layout.ts";
import { renderUsageJson, renderUsageJsonLines } from "./usage-json.ts";
import type { UsageReport } from "./usage-report.ts";
import { renderUsageText } from "./usage-text.ts";

export const USAGE_REPORTERS = {
  text: renderUsageText,
  json: renderUsageJson,
  jsonl: renderUsageJsonLines,
} as const satisfies Record<string, (report: UsageReport, page: Page) => Iterable<string>>;
