// The report as lines of JSON, each an object with its type. The last is always the summary, so that a stream that
// was cut off is noticed.
import {
  brokenTagRecord,
  findingRecord,
  rootRecord,
  runRecord,
  summaryRecord,
  toJson,
  unreadableRecord,
} from "./json-records.ts";
import type { ScanReport } from "./report.ts";

export function renderJsonLines(report: ScanReport): Generator<string> {
  return scanLines(report, { summary: "summary" });
}

/** The line of the summary has another name where another summary follows. */
export function* scanLines(report: ScanReport, { summary: summaryType }: { summary: string }): Generator<string> {
  for (const root of report.roots) yield line("root", rootRecord(root));
  for (const finding of report.findings) yield line("finding", findingRecord(finding));
  for (const brokenTag of report.brokenTags) yield line("brokenTag", brokenTagRecord(brokenTag));
  for (const unreadable of report.unreadable) yield line("unreadable", unreadableRecord(unreadable));
  const { history } = report;
  yield line(summaryType, { ...runRecord(report), ...summaryRecord(report.summary), history });
}

export function line(type: string, record: object): string {
  return `${toJson({ type, ...record })}\n`;
}
