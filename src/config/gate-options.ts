// The options of a gate, validated.
import type { ConfiguredOptions } from "./apply-config.ts";
import type { CleanUpOptions } from "./forecast-options.ts";
import type { FailOn, Format } from "./scan-options.ts";

export interface GateOptions extends CleanUpOptions, ConfiguredOptions {
  readonly format: Format;
  readonly failOn: FailOn;
  readonly caches: readonly string[];
  readonly authoritative: readonly string[];
  readonly allowEmpty: boolean;
  /** How many threads read; undefined for as many as help. */
  readonly jobs: number | undefined;
  /** The most calls a second to the disk; undefined for as many as it takes. */
  readonly maxIops: number | undefined;
  /** Lets damage pass that is there already; never damage that the collection would do. */
  readonly allowBroken: boolean;
  /** How long ago an upload must have been written to last, in milliseconds. */
  readonly quietPeriod: number;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly report: string | undefined;
  /** The file that holds what the last complete run counted. */
  readonly state: string | undefined;
  /** The file that metrics are written to. */
  readonly metrics: string | undefined;
  /** A gate's report: only whether anything moved since then is told. */
  readonly recheck: string | undefined;
}
