// A finding as reports have it, and the codes that there are.

import type { ROLE_NAMES } from "../facts/facts.ts";

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
  "mismatched-link",
  "missing-manifest",
  "orphan-layer-link",
  "stray-entry",
  "stale-upload",
  "unreferenced-blob",
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export const SEVERITIES = ["error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Finding {
  /** The same for the same damage from run to run. */
  readonly id: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly root: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  /** The manifest that references `digest`. */
  readonly parent?: string;
  readonly role?: (typeof ROLE_NAMES)[number];
  readonly platform?: string;
  /** Relative to the root. */
  readonly path: string;
  readonly message: string;
  /** `repository:tag` of every image that it breaks. */
  readonly affects: readonly string[];
  readonly remedy: string;
  /** Where the configuration accepts it: why, and the last day on which it does (ISO 8601). It does not count then. */
  readonly accepted?: { readonly reason: string; readonly until: string };
  /** When a complete run first found it, where runs are remembered; ISO 8601, UTC. */
  readonly firstSeen?: string;
}
