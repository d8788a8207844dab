// What usage says of roots, as plain data. All in bytes of blobs in the store, each counted once.
import type { InvestigatedRoot, Investigation } from "./investigation-run.ts";

export interface RootUsageReport extends InvestigatedRoot {
  readonly repositories: number;
  readonly tags: number;
  readonly blobs: number;
  /** All blobs: `tagged` and `untagged` and `unreferenced`. */
  readonly total: number;
  /** What some tag needs, what only untagged manifests need, what nothing needs. */
  readonly tagged: number;
  readonly untagged: number;
  readonly unreferenced: number;
  /** What a clean-up can free and no tagged image misses: `untagged` and `unreferenced`. */
  readonly reclaimable: number;
  /** Unfinished uploads, which are not blobs yet. */
  readonly uploads: number;
}

export interface UsageEntry {
  readonly root: string;
  readonly repository: string;
  /** Of tags. */
  readonly tag?: string;
  /** What the tag names; null where it names nothing. */
  readonly digest?: string | null;
  /** Of repositories: how many tags it has, what only its untagged manifests need, and its uploads. */
  readonly tags?: number;
  readonly untagged?: number;
  readonly uploads?: number;
  readonly total: number;
  /** What would be free without it. */
  readonly unique: number;
  /** What something else needs too: `total` less `unique`. */
  readonly shared: number;
}

export interface UsageReport extends Investigation {
  readonly command: "usage";
  readonly roots: readonly RootUsageReport[];
  readonly by: "repository" | "tag";
  readonly sort: "total" | "unique" | "name";
  /** How many entries were asked for; null for all. */
  readonly top: number | null;
  /** Sorted; the first `top`. */
  readonly entries: readonly UsageEntry[];
  /** How many there are in all. */
  readonly allEntries: number;
}
