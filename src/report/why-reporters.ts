// The reporters of why, by the names of --format.
import type { Page } from "./text-layout.ts";
import { renderWhyJson, renderWhyJsonLines } from "./why-json.ts";
import type { WhyReport } from "./why-report.ts";
import { renderWhyText } from "./why-text.ts";

export const WHY_REPORTERS = {
  text: renderWhyText,
  json: renderWhyJson,
  jsonl: renderWhyJsonLines,
} as const satisfies Record<string, (report: WhyReport, page: Page) => Iterable<string>>;
