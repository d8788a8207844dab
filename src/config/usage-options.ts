// The options of usage, validated.
import type { ConfiguredOptions } from "./apply-config.ts";
import type { Format } from "./scan-options.ts";

export const USAGE_BY = ["repository", "tag"] as const;
export type UsageBy = (typeof USAGE_BY)[number];
export const USAGE_SORT = ["total", "unique", "name"] as const;
export type UsageSort = (typeof USAGE_SORT)[number];

export interface UsageOptions extends ConfiguredOptions {
  readonly format: Format;
  /** What a line is about. */
  readonly by: UsageBy;
  readonly sort: UsageSort;
  /** How many lines; undefined for all in JSON, and for what fits a screen in text. */
  readonly top: number | undefined;
  /** Globs on repository names: which lines there are. What is shared, is shared with all of the root. */
  readonly repositories: readonly string[];
  readonly caches: readonly string[];
  readonly authoritative: readonly string[];
  readonly allowEmpty: boolean;
  /** How many threads read; undefined for as many as help. */
  readonly jobs: number | undefined;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  /** A file that the report is written to as well. */
  readonly report: string | undefined;
}
