// What a piece of work took from the index, and what it saw that the next index is to hold.
import type { PackedDigests } from "./packed-digests.ts";
import type { RootIndexData } from "./root-index.ts";

/** Kinds of files that an index spares. */
export const REMEMBERED = ["links", "manifests", "configs"] as const;
export type Remembered = (typeof REMEMBERED)[number];
export type FileCounts = Readonly<Record<Remembered, number>>;

/** How a root is read with an index. */
export interface MemoryOptions {
  /** What the last complete run read; undefined where all is to be read. */
  readonly index: RootIndexData | undefined;
  /** Of the stamps that are made: the index's own, where there is one. */
  readonly seed: number;
  /**
   * By device, what the change time of a file must be below (milliseconds since 1970) to be remembered: a file that is younger,
   * or on another device, could change again and keep its times. Undefined where nothing is remembered.
   */
  readonly settledBefore: ReadonlyMap<number, number> | undefined;
}

export interface MemoryFacts {
  /** Files that were taken as the index has them, and that were opened. */
  readonly taken: FileCounts;
  readonly read: FileCounts;
  /** Stamps, in pairs: of links and hashed blobs; of tags, and what each names; of manifests, and their digests. */
  readonly places: Uint32Array;
  readonly tags: Uint32Array;
  readonly tagTargets: PackedDigests;
  readonly manifests: Uint32Array;
  readonly manifestDigests: PackedDigests;
}

/** In BlobFacts.known: nothing is known of the blob, and that it was hashed and is what its digest says. Else where its record begins. */
export const UNKNOWN_BLOB = -1;
export const SOUND_BLOB = -2;
