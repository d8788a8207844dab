// The reporters of verify, by the names of --format.
import { renderImageDot } from "./image-graph-dot.ts";
import { renderImageMermaid } from "./image-graph-mermaid.ts";
import type { Page } from "./text-layout.ts";
import { renderVerifyJson, renderVerifyJsonLines } from "./verify-json.ts";
import type { VerifyReport } from "./verify-report.ts";
import { renderVerifyText } from "./verify-text.ts";

export const VERIFY_REPORTERS = {
  text: renderVerifyText,
  json: renderVerifyJson,
  jsonl: renderVerifyJsonLines,
  dot: renderImageDot,
  mermaid: renderImageMermaid,
} as const satisfies Record<string, (report: VerifyReport, page: Page) => Iterable<string>>;
