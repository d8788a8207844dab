// What a finding is called, and the words of it that programs rely on. Commands load this, so it loads no schema.
import type { Infer } from "./parts.ts";
import type { finding } from "./scan.ts";

/** The codes of the contract, in the order in which findings are reported. */
export const FINDING_CODES = [
  "missing-child",
  "unlinked-child",
  "missing-blob",
  "unlinked-blob",
  "size-mismatch",
  "digest-mismatch",
  "invalid-manifest",
  "dangling-tag",
  "malformed-link",
  "unseen-repository",
  "unreadable-for-registry",
  "cache-state",
  "mismatched-link",
  "missing-manifest",
  "expired-blob",
  "orphan-layer-link",
  "stray-entry",
  "stale-upload",
  "unreferenced-blob",
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export const SEVERITIES = ["error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What `--fail-on` takes, and `fail-on` in the configuration. */
export const FAIL_ON = [...SEVERITIES, "never"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** What a blob is to the manifest that references it, in the order of `Role` in facts/. */
export const ROLE_NAMES = ["config", "layer", "child"] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

/** A finding as reports have it. */
export type Finding = Infer<typeof finding>;

/** How many findings of a root are alike in these; there may be several of a kind, and some of none. */
export interface FindingTally extends Pick<Finding, "root" | "code" | "severity"> {
  readonly accepted: boolean;
  readonly count: number;
}

/** A finding of which the rest is made when it is asked for, as hardly any of a million is shown. */
export interface FindingOutline extends Pick<Finding, "root" | "code" | "severity"> {
  readonly repository: string | undefined;
  /** Whether it breaks no image and is not accepted, so that it may be counted without being made. */
  readonly isPlain: boolean;
  words(): Pick<Finding, "message" | "remedy">;
  finding(): Finding;
}

/** Findings that are made as they are asked for. */
export interface FindingStream extends Iterable<Finding> {
  /** All of them in the same order, each without what takes long. */
  outlines?(): Iterable<FindingOutline>;
  /** Counts them without making any. */
  tally?(): Iterable<FindingTally>;
  /** Those with these ids that break images, without making the others. */
  select?(ids: ReadonlySet<string>): Iterable<Finding>;
}
