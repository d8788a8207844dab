// The space of roots as JSON: one object, an entry a line; or an object a line.
import { investigatedRootRecord, investigationRecord } from "./investigation-run.ts";
import { unreadableRecord } from "./json-records.ts";
import { listMember, member } from "./json-stream.ts";
import { line } from "./jsonl.ts";
import type { RootUsageReport, UsageEntry, UsageReport } from "./usage-report.ts";

export function* renderUsageJson(report: UsageReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(investigationRecord(report))) yield member(key, value);
  yield* listMember("roots", report.roots, rootRecord);
  for (const [key, value] of Object.entries(choiceRecord(report))) yield member(key, value);
  yield* listMember("entries", report.entries, entryRecord);
  yield* listMember("unreadable", report.unreadable, unreadableRecord, "\n");
  yield "}\n";
}

export function* renderUsageJsonLines(report: UsageReport): Generator<string> {
  for (const root of report.roots) yield line("root", rootRecord(root));
  for (const entry of report.entries) yield line("entry", entryRecord(entry));
  for (const unreadable of report.unreadable) yield line("unreadable", unreadableRecord(unreadable));
  yield line("summary", { ...investigationRecord(report), ...choiceRecord(report) });
}

function choiceRecord({ by, sort, top, allEntries }: UsageReport) {
  return { by, sort, top, allEntries };
}

function rootRecord(root: RootUsageReport) {
  const { repositories, tags, blobs, total, tagged, untagged, unreferenced, reclaimable, uploads } = root;
  const space = { total, tagged, untagged, unreferenced, reclaimable, uploads };
  return { ...investigatedRootRecord(root), repositories, tags, blobs, ...space };
}

function entryRecord({ root, repository, tag, digest, tags, total, unique, shared, untagged, uploads }: UsageEntry) {
  return { root, repository, tag, digest, tags, total, unique, shared, untagged, uploads };
}
