// The options that every command which reads whole roots takes.
import type { Accepted } from "./accepted.ts";

export const FORMATS = ["text", "json", "jsonl"] as const;
export type Format = (typeof FORMATS)[number];

/** What the configuration file may say for any command. */
export interface ConfiguredOptions {
  readonly paths: readonly string[];
  /** Absolute or relative paths of roots whose kind the file gives. */
  readonly kinds: ReadonlyMap<string, "authoritative" | "cache">;
  readonly accepted: readonly Accepted[];
}

export interface CommonOptions extends ConfiguredOptions {
  readonly format: Format;
  /** Names of roots to take for caches, and for authoritative ones. */
  readonly caches: readonly string[];
  readonly authoritative: readonly string[];
  readonly allowEmpty: boolean;
  /** How many threads read; undefined for as many as help. */
  readonly jobs: number | undefined;
  /** The most calls a second to the disk; undefined for as many as it takes. */
  readonly maxIops: number | undefined;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  /** A file that the report is written to as well. */
  readonly report: string | undefined;
}
