// What a check finds: data first; its words come from the check too, so that a code and its text stay together.

import type { ROLE_NAMES, UnexpectedEntry } from "../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import type { Catalogue } from "../registry/serve/catalogue.ts";
import type { Pull } from "../registry/serve/pull.ts";

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

/** A finding as a check makes it, still in the numbers of the graph. */
export interface FindingDraft {
  readonly repository?: RepositoryNode;
  readonly tag?: number;
  readonly digest?: number;
  readonly parent?: number;
  readonly role?: (typeof ROLE_NAMES)[number];
  readonly platform?: string | undefined;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  /** The tags that it breaks. */
  readonly tags: readonly number[];
}

/** All that a check may look at: one root, read and pulled. */
export interface CheckContext {
  readonly root: string;
  readonly kind: "authoritative" | "cache";
  readonly graph: RootGraph;
  readonly pull: Pull;
  readonly catalogue: Catalogue;
  /** Misplaced files in the blob store. */
  readonly unexpectedInStore: readonly UnexpectedEntry[];
  /** Whether all repositories were read; what concerns the whole root can be said only then. */
  readonly wholeRoot: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How old an upload must be to be called stale, in milliseconds. */
  readonly staleUploadAge: number;
}

export interface Check {
  /** `error-if-tagged`: error where a tag needs it, warning where only untagged revisions do. */
  readonly severity: Severity | "error-if-tagged";
  /** What it means, in one line. */
  readonly meaning: string;
  /** Whether it is damage in a pull-through cache too, which fetches what is missing. */
  readonly inCaches: boolean;
  /** Sorted by repository, then as the repository lists them. */
  find(context: CheckContext): Iterable<FindingDraft>;
}
