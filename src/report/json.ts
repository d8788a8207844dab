// The report as one JSON object, streamed: a line a finding, so that it diffs well and never becomes one giant string.
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

export function* renderJson(report: ScanReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(runRecord(report))) yield `  "${key}": ${toJson(value)},\n`;
  yield* renderList("roots", report.roots, rootRecord);
  yield* renderList("brokenTags", report.brokenTags, brokenTagRecord);
  yield* renderList("findings", report.findings, findingRecord);
  yield* renderList("unreadable", report.unreadable, unreadableRecord);
  yield `  "summary": ${toJson(summaryRecord(report.summary))}\n}\n`;
}

function* renderList<Item>(key: string, items: Iterable<Item>, recordOf: (item: Item) => object): Generator<string> {
  yield `  "${key}": [`;
  let separator = "\n    ";
  for (const item of items) {
    yield separator + toJson(recordOf(item));
    separator = ",\n    ";
  }
  yield separator.startsWith(",") ? "\n  ],\n" : "],\n";
}
