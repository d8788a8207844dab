// The options of a scan, validated.

import type { FailOn } from "../contract/finding.ts";
import type { CommonOptions } from "./common-options.ts";

export interface ScanOptions extends CommonOptions {
  readonly failOn: FailOn;
  /** Globs on repository names; empty for all. */
  readonly repositories: readonly string[];
  readonly verifyContent: boolean;
  /** Milliseconds. */
  readonly staleUploadAge: number;
  /** The file that remembers the last complete run. */
  readonly state: string | undefined;
  /** The file that metrics are written to. */
  readonly metrics: string | undefined;
}
