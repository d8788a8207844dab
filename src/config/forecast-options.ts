// The options of a forecast, validated.
import type { CommonOptions } from "./common-options.ts";

/** What happens to tags before collection, and how collection is run. */
export interface CleanUpOptions {
  /** Collection's `--delete-untagged` (`-m`). */
  readonly deleteUntagged: boolean;
  /** How many tags a repository keeps, the newest; undefined for all. At least 1. */
  readonly keepTags: number | undefined;
  /** Tags that are removed, as `repository:tag`. */
  readonly removeTags: readonly string[];
  /** A file with more of them, one a line. */
  readonly removeTagsFrom: string | undefined;
}

export interface ForecastOptions extends CleanUpOptions, CommonOptions {
  /** Globs on repository names: only their images are reported on. Collection itself always sees all. */
  readonly repositories: readonly string[];
}
