// An index as the file of it holds it: of which roots, read by whom and when.
import type { IndexPart, PartPlace } from "./root-index.ts";

export interface IndexedRoot {
  /** Absolute. */
  readonly path: string;
  /** What told the root's directories from all others. */
  readonly identities: readonly string[];
  /** The registry that manifests were read as. */
  readonly registry: string;
  /** When the run began that wrote it, and when the last that read all; milliseconds since 1970. */
  readonly startedAt: number;
  readonly fullReadAt: number;
  /** How many runs since then have not read all. */
  readonly runs: number;
  /** Of the stamps. */
  readonly seed: number;
  /** The platforms that manifests name, by number. */
  readonly platforms: readonly string[];
}

/** Where the parts of its index lie. */
export interface PlacedRoot extends IndexedRoot {
  readonly parts: Readonly<Record<IndexPart, PartPlace>>;
}

export interface StoredIndex {
  /** The program's version. */
  readonly version: string;
  /** Who read. */
  readonly uid: number;
  /** The whole file. */
  readonly buffer: SharedArrayBuffer;
  readonly roots: readonly PlacedRoot[];
}
