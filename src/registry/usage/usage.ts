// Who uses the space of a root: what tags and untagged manifests need, what only one of them needs, what nothing needs.

import { DiskState } from "../../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import { UsageWalk, type WalkedRepository } from "./usage-walk.ts";

/** Bytes of blobs in the store, each counted once. */
export interface Space {
  readonly total: number;
  /** What nothing else needs: what would be free without it. */
  readonly unique: number;
}

export interface TagUsage extends Space {
  readonly tag: number;
}

export interface RepositoryUsage extends Space {
  readonly repository: RepositoryNode;
  /** What its untagged manifests need, and no tag of the root. */
  readonly untagged: number;
  /** Of `unique`, what no tag needs. */
  readonly uniqueUntagged: number;
  /** Unfinished uploads, which are not in the store. */
  readonly uploads: number;
}

export interface RootUsage {
  readonly blobs: number;
  /** All blobs: the sum of `tagged`, `untagged` and `unreferenced`. */
  readonly total: number;
  /** What some tag needs. */
  readonly tagged: number;
  /** What only untagged manifests need. */
  readonly untagged: number;
  /** What nothing needs. */
  readonly unreferenced: number;
  readonly uploads: number;
  /** By name. */
  readonly repositories: readonly RepositoryUsage[];
  /** By repository, then as it lists them. A tag that names nothing needs nothing. */
  readonly tags: readonly TagUsage[];
}

/**
 * The space of a root. A tag needs its manifest and what that references to any depth, linked or not, and the
 * referrers in the same repository that name any of those manifests as their subject: what a garbage collection ought to keep.
 */
export function rootUsage(graph: RootGraph): RootUsage {
  const walk = new UsageWalk(graph);
  const walked = graph.repositories().map((repository) => walk.walk(repository));
  const counts = { blobs: 0, total: 0, tagged: 0, untagged: 0, unreferenced: 0 };
  const uniqueToHolder = new Map<number, number>();
  const uniqueToRepository = new Map<number, number>();
  const untaggedInRepository = new Map<number, number>();
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (graph.blobState(blob) !== DiskState.ok) continue;
    const bytes = graph.blobSize(blob);
    counts.blobs++;
    counts.total += bytes;
    counts[walk.needOf(blob)] += bytes;
    addTo(uniqueToHolder, walk.onlyHolder(blob), bytes);
    const repository = walk.onlyRepository(blob);
    addTo(uniqueToRepository, repository, bytes);
    if (walk.needOf(blob) === "untagged") addTo(untaggedInRepository, repository, bytes);
  }
  const repositories = walked.map((found): RepositoryUsage => {
    const { repository, total, untagged } = found;
    let bytes = 0;
    for (const blob of untagged) if (walk.needOf(blob) === "untagged") bytes += graph.blobSize(blob);
    const unique = uniqueToRepository.get(repository.index) ?? 0;
    const uniqueUntagged = untaggedInRepository.get(repository.index) ?? 0;
    return { repository, total, unique, untagged: bytes, uniqueUntagged, uploads: uploadBytes(repository) };
  });
  const uploads = repositories.reduce((sum, repository) => sum + repository.uploads, 0);
  const tags = walked.flatMap((found) => tagUsages(found, uniqueToHolder));
  return { ...counts, uploads, repositories, tags };
}

function tagUsages({ repository, images }: WalkedRepository, unique: ReadonlyMap<number, number>): TagUsage[] {
  const byTag = new Map<number, TagUsage>();
  for (const { holder, tags, total } of images) {
    // What two tags name, neither frees alone.
    const own = tags.length > 1 ? 0 : (unique.get(holder) ?? 0);
    for (const tag of tags) byTag.set(tag, { tag, total, unique: own });
  }
  const usages: TagUsage[] = [];
  for (const tag of repository.tags) {
    usages.push(byTag.get(tag) ?? { tag, total: 0, unique: 0 });
  }
  return usages;
}

function uploadBytes({ uploads }: RepositoryNode): number {
  return uploads.reduce((sum, { bytes }) => sum + bytes, 0);
}

function addTo(sums: Map<number, number>, key: number | undefined, bytes: number): void {
  if (key !== undefined) sums.set(key, (sums.get(key) ?? 0) + bytes);
}
