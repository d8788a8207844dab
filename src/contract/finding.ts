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
