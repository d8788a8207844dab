// The options of usage, validated.
import type { CommonOptions } from "./common-options.ts";

export const USAGE_BY = ["repository", "tag"] as const;
export type UsageBy = (typeof USAGE_BY)[number];
export const USAGE_SORT = ["total", "unique", "name"] as const;
export type UsageSort = (typeof USAGE_SORT)[number];

export interface UsageOptions extends CommonOptions {
  /** What a line is about. */
  readonly by: UsageBy;
  readonly sort: UsageSort;
  /** How many lines; undefined for all in JSON, and for what fits a screen in text. */
  readonly top: number | undefined;
  /** Globs on repository names: which lines there are. What is shared, is shared with all of the root. */
  readonly repositories: readonly string[];
}
