// What a run found, as the contract names it: the one shape that every reporter renders.
import type { Finding } from "../checks/finding.ts";

export type Verdict = "clean" | "findings" | "incomplete" | "findings+incomplete";

export interface RootReport {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: "authoritative" | "cache";
  readonly counts: {
    readonly repositories: number;
    readonly tags: number;
    readonly revisions: number;
    readonly manifests: number;
    readonly indexes: number;
    readonly layerLinks: number;
    readonly blobs: number;
    readonly blobBytes: number;
    readonly uploads: number;
  };
}

export interface BrokenTagReport {
  readonly root: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | null;
  readonly platforms: readonly string[];
  /** Ids of the findings that break it. */
  readonly findings: readonly string[];
}

export interface UnreadableReport {
  /** "" where the path lies in no root. */
  readonly root: string;
  /** Relative to the root; absolute where it lies in none. */
  readonly path: string;
  readonly error: string;
}

export interface ResolvedFinding {
  readonly id: string;
  readonly code: string;
  readonly root: string;
  readonly path: string;
}

export interface HistoryReport {
  /** When the last complete run was; ISO 8601, UTC. */
  readonly since: string;
  readonly new: number;
  readonly persisting: number;
  /** When the oldest of the persisting findings was first seen; null where none persists. */
  readonly oldest: string | null;
  readonly resolved: readonly ResolvedFinding[];
}

export interface ScanReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly command: "scan";
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly dryRun: boolean;
  readonly verdict: Verdict;
  readonly roots: readonly RootReport[];
  readonly brokenTags: readonly BrokenTagReport[];
  readonly findings: Iterable<Finding>;
  readonly unreadable: readonly UnreadableReport[];
  /** What changed since the last complete run, where one is remembered and this one is complete. */
  readonly history?: HistoryReport;
  readonly summary: {
    readonly error: number;
    readonly warning: number;
    readonly info: number;
    readonly brokenTags: number;
    readonly accepted: number;
  };
}
