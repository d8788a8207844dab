// What a client that pulls can run into, as data.
import type { RepositoryNode } from "../../graph/root-graph.ts";
import type { Reply } from "./serve.ts";

/** What a client runs into. One a finding, at most. */
export type Failure =
  /** A reference of `parent` that the registry refuses; `role` and `reply` say what and how. */
  | "refused-reference"
  /** A reference that is served with another length than its descriptor says. */
  | "wrong-size"
  /** What is served does not hash to what was asked for. */
  | "wrong-content"
  /** A manifest that the registry cannot parse. */
  | "invalid-manifest"
  /** A layer or revision link that cannot be resolved, and that something needs. */
  | "broken-link"
  /** A tag whose current link is missing or names a manifest that is not served. */
  | "dangling-tag"
  /** A tag whose current link cannot be resolved. */
  | "broken-tag"
  /** A tag, manifest, config or layer that the user who serves the registry may not read. */
  | "closed";

export interface PullProblem {
  readonly failure: Failure;
  readonly repository: RepositoryNode;
  /** The digest that is asked for; -1 for a tag that names none. */
  readonly digest: number;
  /** The manifest (by the digest that it is asked for) that references it, else -1; and the reference's number. */
  readonly parent: number;
  readonly reference: number;
  readonly reply: Reply | undefined;
  /** The tag itself, for the failures of tags, else -1. */
  readonly tag: number;
  readonly platform: string | undefined;
  /** Whether only platforms that are not wanted have to do with it. */
  readonly isUnwanted: boolean;
  /** The tags that it breaks, in the order of their numbers. */
  readonly tags: readonly number[];
}

export interface BrokenTag {
  readonly tag: number;
  /** Those of its platforms that cannot be pulled; empty where it is all of a single-platform image. */
  readonly platforms: readonly string[];
}
