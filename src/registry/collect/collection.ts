// What a garbage collection takes and gives, as data.

import type { Bytes } from "../../facts/columns.ts";
import type { UnexpectedEntry } from "../../facts/facts.ts";
import { GraphOverlay, type GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import type { LinkKind } from "../../layout/paths.ts";
import type { Rules } from "../rules.ts";
import type { Catalogue } from "../serve/catalogue.ts";

export type AbortReason =
  | "no-repositories"
  | "invalid-name"
  | "link-loop"
  | "file-for-folder"
  | "malformed-link"
  | "unusable-tag"
  | "no-tags"
  | "no-layers"
  | "invalid-manifest"
  | "broken-blob"
  | "no-blobs"
  | "misplaced-data"
  | "undecodable-name"
  | "displaced-blob"
  | "twice-deleted"
  | "shared-repository"
  | "shared-blob"
  | "twice-unlinked"
  | "shared-layers"
  | "unreadable-history";

/** In the order of the program. */
export const PHASES = ["mark", "delete", "sweep", "blobs", "layers"] as const;

export interface Abort {
  /**
   * `mark`: before anything is deleted. `delete`: half-way through the manifests. `sweep`: after them, before any blob.
   * `blobs`: half-way through the blobs, which go in no order. `layers`: after them, half-way through the layer links, whose
   * repositories come in no order.
   */
  readonly phase: (typeof PHASES)[number];
  /** Relative to the root. */
  readonly path: string;
  readonly reason: AbortReason;
}

/** A manifest of a repository, or what a layer link of it names. */
export interface HeldDigest {
  readonly repository: RepositoryNode;
  readonly digest: number;
}

export interface CollectOptions {
  readonly deleteUntagged: boolean;
  /** Tags that are removed before garbage collection: 1 at their numbers. */
  readonly removedTags: Bytes;
}

export interface CollectInput {
  readonly rules: Pick<Rules, "collector">;
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
  readonly deletedRevisions: readonly HeldDigest[];
  readonly deletedLayers: readonly HeldDigest[];
  /**
   * The links that are gone, by number: of those revisions and layers, and of other repositories where they lie in the same
   * directories by way of symbolic links or bind mounts.
   */
  readonly deletedLinks: Readonly<Record<LinkKind, Bytes>>;
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
  for (const kind of ["revision", "layer"] as const) {
    const gone = deletedLinks[kind];
    for (let link = 0; link < gone.length; link++) if (gone.at(link) === 1) after.links(kind).remove(link);
  }
  for (let blob = 0; blob < isBlobDeleted.length; blob++) if (isBlobDeleted.at(blob) === 1) after.removeBlob(blob);
  return after;
}

/** Where a garbage collection would abort: each place once. */
export class Aborts {
  readonly all: Abort[] = [];
  readonly #known = new Set<string>();

  add(phase: Abort["phase"], path: string, reason: AbortReason): void {
    const key = `${phase} ${path}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.all.push({ phase, path, reason });
  }

  /** In the order in which they are met. */
  inOrder(): Abort[] {
    return PHASES.flatMap((phase) => this.all.filter((abort) => abort.phase === phase));
  }
}
