// A forecast as lines of JSON, each an object with its type. The last is always the summary, so that a stream that
// was cut off is noticed.
import type { ForecastReport } from "./forecast-report.ts";
import {
  abortRecord,
  breakRecord,
  forecastCounts,
  rootFiguresRecord,
  rootHeadRecord,
} from "./json-forecast-records.ts";
import { runRecord, unreadableRecord } from "./json-records.ts";
import { inChunks } from "./json-stream.ts";
import { line } from "./jsonl.ts";

export function renderForecastJsonLines(report: ForecastReport): Generator<string> {
  return inChunks(forecastLines(report));
}

/** The lines of roots and of the summary are called so here, and otherwise where other lines have these names. */
export function* forecastLines(
  report: ForecastReport,
  { root: rootType, summary: summaryType } = { root: "root", summary: "summary" },
): Generator<string> {
  const { roots } = report;
  for (const root of roots) yield line(rootType, { ...rootHeadRecord(root), ...rootFiguresRecord(root) });
  for (const { name: root, breaks } of roots) {
    for (const broken of breaks) yield line("break", { root, ...breakRecord(broken) });
  }
  for (const { name: root, aborts } of roots) {
    for (const abort of aborts) yield line("abort", { root, ...abortRecord(abort) });
  }
  for (const { name: root, unseenRepositories } of roots) {
    for (const repository of unseenRepositories) yield line("unseenRepository", { root, repository });
  }
  for (const { name: root, removedTags } of roots) {
    for (const image of removedTags) yield line("removedTag", { root, image });
  }
  for (const { name: root, deletedManifests } of roots) {
    for (const manifest of deletedManifests) yield line("deletedManifest", { root, manifest });
  }
  for (const { name: root, deletedBlobs } of roots) {
    for (const digest of deletedBlobs) yield line("deletedBlob", { root, digest });
  }
  for (const unreadable of report.unreadable) yield line("unreadable", unreadableRecord(unreadable));
  yield line(summaryType, { ...runRecord(report), ...forecastCounts(report) });
}
