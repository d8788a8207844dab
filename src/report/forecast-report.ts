// What a forecast and a gate say, as the contract names it.
import type { ScanReport, UnreadableReport, Verdict } from "./report.ts";

export interface AbortReport {
  /** Relative to the root. */
  readonly path: string;
  readonly reason: string;
  readonly message: string;
}

export interface LostPartReport {
  readonly digest: string;
  readonly role: "manifest" | "child" | "config" | "layer";
  readonly platform?: string;
}

export interface BreakReport {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly lost: readonly LostPartReport[];
  /** What keeps the image, one sentence each. */
  readonly keptBy: readonly string[];
}

export interface RootForecastReport {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: "authoritative" | "cache";
  readonly deleteUntagged: boolean;
  readonly keepTags: number | null;
  readonly outcome: "completes" | "aborts";
  /** The abort that the program meets first. */
  readonly abort: AbortReport | null;
  /** All of them, that one first. */
  readonly aborts: readonly AbortReport[];
  readonly marked: number;
  readonly removedTags: readonly string[];
  readonly deletedManifests: readonly string[];
  readonly deletedBlobs: readonly string[];
  readonly deletedBytes: number;
  /** What a collection that keeps children and referrers of kept images would free. */
  readonly correctlyFreedBytes: number;
  /** Repositories with tags or revisions that collection cannot see. */
  readonly unseenRepositories: readonly string[];
  readonly breaks: readonly BreakReport[];
}

interface RunReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly dryRun: boolean;
  readonly verdict: Verdict;
}

export interface ForecastReport extends RunReport {
  readonly command: "forecast";
  readonly roots: readonly RootForecastReport[];
  readonly unreadable: readonly UnreadableReport[];
}

/** What a gate saw of a root, to be compared with what is there later. */
export interface Fingerprint {
  readonly root: string;
  readonly path: string;
  /** SHA-256, hex, of tags, revisions and uploads. */
  readonly sha256: string;
}

export type Decision = "go" | "stop" | "undecided";

export interface GateReport extends RunReport {
  readonly command: "gate";
  readonly decision: Decision;
  /** Every reason against going, each with the next step. Empty when the decision is go. */
  readonly reasons: readonly string[];
  readonly fingerprints: readonly Fingerprint[];
  readonly scan: ScanReport;
  readonly forecast: ForecastReport;
}
