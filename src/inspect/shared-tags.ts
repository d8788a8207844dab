// Tags that a clean-up keeps and takes all the same: symbolic links or bind mounts lead from them into a tag that it removes.
import type { Bytes } from "../facts/columns.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { tagCurrent, tagFolder } from "../layout/paths.ts";
import { type StorageFs, statPath } from "../scan/fs/storage-fs.ts";

export interface SharedTag {
  /** Relative to the root: the directory of the tag that is kept. */
  readonly path: string;
  /** That of the tag that is removed. */
  readonly removed: string;
}

/** Of the storage root at `root`; two stats a tag. Hard links, which a removal leaves alone, are told by their count. */
export function sharedTags(storageFs: StorageFs, root: string, graph: RootGraph, removedTags: Bytes): SharedTag[] {
  const removed = new Map<string, string>();
  const kept: { readonly path: string; readonly identities: readonly string[] }[] = [];
  if (removedTags.length === 0) return [];
  for (const { name, tags } of graph.repositories()) {
    for (const tag of tags) {
      const path = tagFolder(name, graph.tags.name(tag));
      const identities = [path, tagCurrent(name, graph.tags.name(tag))].flatMap((each) => {
        const { stat } = statPath(storageFs, `${root}/${each}`);
        return stat?.ino && (stat.isDirectory() || stat.nlink === 1) ? [`${stat.dev} ${stat.ino}`] : [];
      });
      if (removedTags.at(tag) === 0) kept.push({ path, identities });
      else for (const identity of identities) removed.set(identity, path);
    }
  }
  return kept.flatMap(({ path, identities }) => {
    const shared = identities.find((identity) => removed.has(identity));
    return shared === undefined ? [] : [{ path, removed: removed.get(shared)! }];
  });
}
