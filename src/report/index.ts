// The reporters, by the names of --format.
import { renderJson } from "./json.ts";
import { renderJsonLines } from "./jsonl.ts";
import type { ScanReport } from "./report.ts";
import { renderText } from "./text.ts";
import type { Page } from "./text-layout.ts";

/** Yields chunks to be written one after another: small ones, which the writer had better join. */
type Reporter = (report: ScanReport, page: Page) => Iterable<string>;

export const REPORTERS = {
  text: renderText,
  json: renderJson,
  jsonl: renderJsonLines,
} as const satisfies Record<string, Reporter>;
