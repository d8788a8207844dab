// What the reports about single things (verify, why, usage) begin with.
import type { UnreadableReport } from "./report.ts";

export interface InvestigationRun {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly dryRun: boolean;
}

/** A root that was looked at. */
export interface InvestigatedRoot {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: "authoritative" | "cache";
}

/** What was asked, what could not be read: all that such reports have in common. */
export interface Investigation extends InvestigationRun {
  readonly command: "verify" | "why" | "usage";
  readonly roots: readonly InvestigatedRoot[];
  readonly unreadable: readonly UnreadableReport[];
}

/** About the run, keys in the order of the contract. */
export function investigationRecord(report: InvestigationRun & { readonly command: string }) {
  const { schemaVersion, tool, command, runId, startedAt, durationMs, dryRun } = report;
  return {
    schemaVersion,
    tool: { name: tool.name, version: tool.version },
    command,
    runId,
    startedAt,
    durationMs,
    dryRun,
  };
}

export function investigatedRootRecord({ name, path, kind }: InvestigatedRoot) {
  return { name, path, kind };
}
