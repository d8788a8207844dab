// The report as one JSON object, streamed: a line a finding, so that it diffs well and never becomes one giant string.
import {
  brokenTagRecord,
  findingRecord,
  rootRecord,
  runRecord,
  summaryRecord,
  unreadableRecord,
} from "./json-records.ts";
import { listMember, member } from "./json-stream.ts";
import type { ScanReport } from "./report.ts";

export function* renderJson(report: ScanReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(runRecord(report))) yield member(key, value);
  yield* listMember("roots", report.roots, rootRecord);
  yield* listMember("brokenTags", report.brokenTags, brokenTagRecord);
  yield* listMember("findings", report.findings, findingRecord);
  yield* listMember("unreadable", report.unreadable, unreadableRecord);
  if (report.history) yield member("history", report.history);
  yield member("summary", summaryRecord(report.summary), "\n");
  yield "}\n";
}
