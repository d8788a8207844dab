// The options of a scan, validated.

import type { Severity } from "../checks/finding.ts";
import type { ConfiguredOptions } from "./apply-config.ts";

export type FailOn = Severity | "never";
export const FAIL_ON = ["error", "warning", "info", "never"] as const;
export const FORMATS = ["text", "json", "jsonl"] as const;
export type Format = (typeof FORMATS)[number];

export interface ScanOptions extends ConfiguredOptions {
  readonly format: Format;
  readonly failOn: FailOn;
  /** Globs on repository names; empty for all. */
  readonly repositories: readonly string[];
  /** Names of roots to take for caches, and for authoritative ones. */
  readonly caches: readonly string[];
  readonly authoritative: readonly string[];
  readonly allowEmpty: boolean;
  /** How many threads read; undefined for as many as help. */
  readonly jobs: number | undefined;
  /** The most calls a second to the disk; undefined for as many as it takes. */
  readonly maxIops: number | undefined;
  readonly verifyContent: boolean;
  /** Milliseconds. */
  readonly staleUploadAge: number;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  /** A file that the report is written to as well. */
  readonly report: string | undefined;
  /** The file that remembers the last complete run. */
  readonly state: string | undefined;
  /** The file that metrics are written to. */
  readonly metrics: string | undefined;
}
