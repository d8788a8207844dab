// A last look on disk at what a garbage collection would delete: what of it is so young that a push under way may need
// it, and what the user who collects, or anybody, may not delete, so that the run would end there.

import type { User } from "../facts/closed.ts";
import type { Bytes } from "../facts/columns.ts";
import { DiskState, type Unreadable } from "../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import { blobData, linkFile, parentOf, tagFolder } from "../layout/paths.ts";
import type { Collection } from "../registry/collect/collection.ts";
import { isImmutable, mayAccess, mayRemove, mayUnlink } from "../scan/access.ts";
import { entriesOf, listNames, type StorageFs } from "../scan/fs/storage-fs.ts";
import { statPart } from "../scan/repository-reading.ts";
import type { Steps } from "./turns.ts";

export interface DeletionChecks {
  /** Milliseconds since 1970: what was written after that is young. */
  readonly since: number;
  /** Who collects; undefined where nothing tells. */
  readonly collector: User | undefined;
  /** Tags that are gone by then: 1 at their numbers. */
  readonly removedTags: Bytes;
}

export interface Deletions {
  /** How many blobs, revisions, and layer links that go or whose blobs do are young. */
  readonly young: { readonly blobs: number; readonly revisions: number; readonly layerLinks: number };
  /** The directories and layer links, relative to the root, that the user who collects may not delete. */
  readonly refused: readonly string[];
  /** Directories and files, relative to the root, that go and that nobody may change, or that lie in such a directory. */
  readonly immutable: readonly string[];
  readonly unreadable: readonly Unreadable[];
}

type Deleted = Pick<Collection, "deletedBlobs" | "deletedRevisions" | "deletedLinks" | "isBlobDeleted">;

/**
 * `root` is the storage root's path. A finished blob has left `_uploads`, and a mounted one only gets a layer link: before
 * the manifest is pushed, age alone tells that they belong to a push. One stat a revision, and a layer link that goes or
 * whose blob does; where it is known who collects and that is not root, one more a blob, revision and such link, and two a tag
 * whose repository loses a revision. Two more ask of each that goes, entries in the histories of tags too, whether it is immutable; of
 * what lies in its directory besides what belongs there nobody asks.
 */
export function* lookAtDeletions(
  storageFs: StorageFs,
  root: string,
  graph: RootGraph,
  { deletedBlobs, deletedRevisions, deletedLinks, isBlobDeleted }: Deleted,
  { since, collector, removedTags }: DeletionChecks,
): Steps<Deletions> {
  const unreadable: Unreadable[] = [];
  const refused: string[] = [];
  const immutable = new Set<string>();
  const stat = (path: string) => statPart({ fs: storageFs, root, unreadable }, path).stat;
  const isYoung = (modified: number | undefined) => modified !== undefined && modified > since;
  const parents = new Map<string, ReturnType<typeof stat>>();
  const checkRemoval = (path: string, may = mayRemove) => {
    if (collector === undefined || collector.uid === 0) return;
    const above = parentOf(path);
    if (!parents.has(above)) parents.set(above, stat(above));
    const [own, parent] = [stat(path), parents.get(above)];
    if (own && parent && !may(own, parent, collector)) refused.push(path);
  };
  const parentIsImmutable = new Map<string, boolean>();
  const checkChange = (path: string, ...within: string[]) => {
    const above = parentOf(path);
    const known = parentIsImmutable.get(above) ?? isImmutable(storageFs, `${root}/${above}`);
    parentIsImmutable.set(above, known);
    if (known) immutable.add(above);
    for (const one of [path, ...within]) if (isImmutable(storageFs, `${root}/${one}`)) immutable.add(one);
  };
  const young = { blobs: 0, revisions: 0, layerLinks: 0 };
  for (const blob of deletedBlobs) {
    if (isYoung(graph.blobModified(blob))) young.blobs++;
    const data = blobData(graph.digests.text(blob));
    checkRemoval(parentOf(data));
    checkChange(parentOf(data), data);
    yield;
  }
  const histories = new Map<RepositoryNode, Set<number>>();
  for (const { repository, digest } of deletedRevisions) {
    const link = linkFile(repository.name, "revision", graph.digests.text(digest));
    if (isYoung(stat(link)?.mtimeMs)) young.revisions++;
    checkRemoval(parentOf(link));
    checkChange(parentOf(link), link);
    yield;
    histories.set(repository, (histories.get(repository) ?? new Set()).add(digest));
  }
  const entered = (path: string) => {
    const directory = stat(path);
    const isEntered = directory !== undefined && mayAccess(directory, collector!, 1);
    if (directory && !isEntered) refused.push(path);
    const listing = isEntered ? listNames(storageFs, `${root}/${path}`) : undefined;
    if (listing?.state === DiskState.unreadable) unreadable.push({ path, error: listing.code });
    return listing ? entriesOf(listing) : [];
  };
  for (const [{ name, tags }, deleted] of histories) {
    for (const tag of tags) {
      if (removedTags.at(tag) === 1) continue;
      yield;
      const history = `${tagFolder(name, graph.tags.name(tag))}/index`;
      // With each manifest its entries in the histories of tags go.
      for (const digest of graph.tags.history(tag)) {
        if (!deleted.has(digest)) continue;
        const entry = `${history}/${graph.digests.text(digest).replace(":", "/")}`;
        checkChange(entry, `${entry}/link`);
      }
      if (collector === undefined || collector.uid === 0) continue;
      for (const algorithm of entered(history)) {
        for (const hex of entered(`${history}/${algorithm}`)) {
          if (deleted.has(graph.digests.find(`${algorithm}:${hex}`))) checkRemoval(`${history}/${algorithm}/${hex}`);
        }
      }
    }
  }
  for (const { name, layerLinks } of graph.repositories()) {
    for (const link of layerLinks) {
      const target = graph.layerLinks.target(link);
      const isDeleted = deletedLinks.layer.at(link) === 1;
      if (!isDeleted && (target < 0 || isBlobDeleted.at(target) !== 1)) continue;
      const path = linkFile(name, "layer", graph.digests.text(graph.layerLinks.place(link)));
      if (isYoung(stat(path)?.mtimeMs)) young.layerLinks++;
      yield;
      if (!isDeleted) continue;
      checkRemoval(path, mayUnlink);
      checkChange(path);
    }
  }
  return { young, refused, immutable: [...immutable], unreadable };
}
