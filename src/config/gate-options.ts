// The options of a gate, validated.

import type { FailOn } from "../contract/finding.ts";
import type { CommonOptions } from "./common-options.ts";
import type { CleanUpOptions } from "./forecast-options.ts";

export interface GateOptions extends CleanUpOptions, CommonOptions {
  readonly failOn: FailOn;
  /** Lets damage pass that is there already; never damage that the collection would do. */
  readonly allowBroken: boolean;
  /** How long ago an upload must have been written to last, in milliseconds. */
  readonly quietPeriod: number;
  /** The file that holds what the last complete run counted. */
  readonly state: string | undefined;
  /** The file that metrics are written to. */
  readonly metrics: string | undefined;
  /** A gate's report: only whether anything moved since then is told. */
  readonly recheck: string | undefined;
}
