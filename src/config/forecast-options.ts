// The options of a forecast, validated.
import type { ConfiguredOptions } from "./apply-config.ts";
import type { Format } from "./scan-options.ts";

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

export interface ForecastOptions extends CleanUpOptions, ConfiguredOptions {
  readonly format: Format;
  /** Globs on repository names: only their images are reported on. Collection itself always sees all. */
  readonly repositories: readonly string[];
  readonly caches: readonly string[];
  readonly authoritative: readonly string[];
  readonly allowEmpty: boolean;
  /** How many threads read; undefined for as many as help. */
  readonly jobs: number | undefined;
  /** The most calls a second to the disk; undefined for as many as it takes. */
  readonly maxIops: number | undefined;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly report: string | undefined;
}
