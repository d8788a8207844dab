// What a garbage collection takes and gives, as data.

import type { Bytes } from "../../facts/columns.ts";
import type { UnexpectedEntry } from "../../facts/facts.ts";
import { GraphOverlay, type GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import type { Catalogue } from "../serve/catalogue.ts";

export type AbortReason =
  | "invalid-name"
  | "link-loop"
  | "file-for-folder"
  | "malformed-link"
  | "unusable-tag"
  | "no-tags"
  | "invalid-manifest"
  | "broken-blob"
  | "no-blobs"
  | "misplaced-data"
  | "undecodable-name"
  | "displaced-blob"
  | "twice-deleted"
  | "shared-repository"
  | "shared-blob"
  | "unreadable-history";

export interface Abort {
  /**
   * `mark`: before anything is deleted. `delete`: half-way through the manifests. `sweep`: after them, before any blob.
   * `blobs`: half-way through the blobs, which go in no order.
   */
  readonly phase: "mark" | "delete" | "sweep" | "blobs";
  /** Relative to the root. */
  readonly path: string;
  readonly reason: AbortReason;
}

/** A revision that garbage collection deletes. */
export interface DeletedRevision {
  readonly repository: RepositoryNode;
  readonly digest: number;
}

export interface CollectOptions {
  readonly deleteUntagged: boolean;
  /** Tags that are removed before garbage collection: 1 at their numbers. */
  readonly removedTags: Bytes;
}

export interface CollectInput {
  /** What is on disk, or an overlay of it in which nothing but links is changed. */
  readonly graph: GraphView;
  readonly catalogue: Catalogue;
  readonly unexpectedInStore: readonly UnexpectedEntry[];
  /** Whether blobs/ is there. */
  readonly hasBlobStore: boolean;
}

export interface Collection {
  /** In the order in which the program would meet them; empty when it completes. */
  readonly aborts: readonly Abort[];
  /** How many digests are marked: the N of "N blobs marked". It means something only when nothing aborts the mark. */
  readonly marked: number;
  /** What is gone when the program has ended, completed or aborted. */
  readonly deletedRevisions: readonly DeletedRevision[];
  /**
   * The links that are gone, by number: those revisions', and those of other repositories that lie in the same
   * directories by way of symbolic links or bind mounts.
   */
  readonly deletedLinks: Bytes;
  readonly deletedBlobs: readonly number[];
  /** 1 for those, and for blobs that are symbolic links to them. */
  readonly isBlobDeleted: Bytes;
  readonly deletedBytes: number;
}

/** What is on disk, changed by nothing. */
export interface RootInput extends CollectInput {
  readonly graph: RootGraph;
}

/** The graph as the garbage collection leaves it. */
export function graphAfter(graph: RootGraph | GraphOverlay, { deletedLinks, isBlobDeleted }: Collection): GraphOverlay {
  const after = graph instanceof GraphOverlay ? graph.withSameLinks() : new GraphOverlay(graph);
  for (let link = 0; link < deletedLinks.length; link++) if (deletedLinks.at(link) === 1) after.revisions.remove(link);
  for (let blob = 0; blob < isBlobDeleted.length; blob++) if (isBlobDeleted.at(blob) === 1) after.removeBlob(blob);
  return after;
}

/** Where a garbage collection would abort: each place once, in the order in which they are met. */
export class Aborts {
  readonly all: Abort[] = [];
  readonly #known = new Set<string>();

  add(phase: Abort["phase"], path: string, reason: AbortReason): void {
    const key = `${phase} ${path}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.all.push({ phase, path, reason });
  }
}
