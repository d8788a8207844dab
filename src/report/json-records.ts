// The JSON of a report's parts, keys in the order of the contract whatever order the data has.
import type { Finding } from "../checks/finding.ts";
import { escapeJson } from "./escape.ts";
import type { ForecastReport, GateReport } from "./forecast-report.ts";
import type { BrokenTagReport, RootReport, ScanReport, UnreadableReport } from "./report.ts";

/** One line of JSON, safe to show in a terminal. */
export function toJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

export function rootRecord({ name, path, kind, counts }: RootReport) {
  const { repositories, tags, revisions, manifests, indexes, layerLinks, blobs, blobBytes, uploads } = counts;
  return {
    name,
    path,
    kind,
    counts: { repositories, tags, revisions, manifests, indexes, layerLinks, blobs, blobBytes, uploads },
  };
}

export function brokenTagRecord({ root, repository, tag, digest, platforms, findings }: BrokenTagReport) {
  return { root, repository, tag, digest, platforms, findings };
}

/** Absent fields are undefined, which JSON leaves out. */
export function findingRecord(finding: Finding) {
  const { id, code, severity, root, repository, tag, digest, parent, role, platform, path } = finding;
  const { message, affects, remedy, accepted, firstSeen } = finding;
  const place = { repository, tag, digest, parent, role, platform, path };
  return { id, code, severity, root, ...place, message, affects, remedy, accepted, firstSeen };
}

export function unreadableRecord({ root, path, error }: UnreadableReport) {
  return { root, path, error };
}

type AnyRun = Pick<
  ScanReport | ForecastReport | GateReport,
  "schemaVersion" | "tool" | "command" | "runId" | "startedAt" | "durationMs" | "dryRun" | "verdict"
>;

/** About the run, not about what it found. */
export function runRecord({ schemaVersion, tool, command, runId, startedAt, durationMs, dryRun, verdict }: AnyRun) {
  return {
    schemaVersion,
    tool: { name: tool.name, version: tool.version },
    command,
    runId,
    startedAt,
    durationMs,
    dryRun,
    verdict,
  };
}

export function summaryRecord({ error, warning, info, brokenTags, accepted }: ScanReport["summary"]) {
  return { error, warning, info, brokenTags, accepted };
}
