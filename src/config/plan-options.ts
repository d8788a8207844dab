// The options of plan, validated.
import type { ConfiguredOptions, Format } from "./common-options.ts";

export interface PlanOptions extends ConfiguredOptions {
  readonly format: Format;
  /** Globs on repository names; empty for all. */
  readonly repositories: readonly string[];
  readonly caches: readonly string[];
  readonly authoritative: readonly string[];
  readonly allowEmpty: boolean;
  /** How many threads read; undefined for as many as help. */
  readonly jobs: number | undefined;
  readonly maxIops?: number | undefined;
  readonly verifyContent: boolean;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  /** A file that the report is written to as well. */
  readonly report: string | undefined;
  /** The file that the script is written to. */
  readonly script: string | undefined;
  /** The folder that the script moves things to; undefined for one beside the script. */
  readonly quarantine: string | undefined;
}
