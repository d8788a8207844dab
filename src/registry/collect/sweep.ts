// The sweep of a collection: revisions without a tag go first (with -m), then every blob that is not marked.

import { Bytes } from "../../facts/columns.ts";
import { DiskState, isBroken } from "../../facts/facts.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { BLOBS, blobData, digestOfData, linkFile, tagFolder } from "../../layout/paths.ts";
import type { Aborts, CollectInput, Collection, CollectOptions, DeletedRevision } from "./collection.ts";
import type { Marking } from "./mark.ts";

/** What is gone when the program has ended. Nothing is, where the mark aborted. */
export function sweep(input: CollectInput, options: CollectOptions, marking: Marking, aborts: Aborts): Collection {
  const { graph, unexpectedInStore, hasBlobStore } = input;
  const { untagged } = marking;
  const markAborts = aborts.all.length;
  const gone = deleteManifests(input, options, untagged, aborts);
  if (!hasBlobStore) aborts.add("sweep", BLOBS, "no-blobs");
  for (const { path, reason } of unexpectedInStore) {
    if (reason === "displaced-blob") stopAtDisplaced(input, marking, path, aborts);
    else aborts.add("sweep", path, reason === "link-loop" ? reason : "misplaced-data");
  }
  for (const { path, state } of graph.blockedBlobFolders()) {
    if (state === DiskState.malformed) aborts.add("sweep", path, "link-loop");
    else if (path === BLOBS && state === DiskState.notAFolder) aborts.add("sweep", path, "file-for-folder");
  }
  const deletedBlobs: number[] = [];
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (!graph.hasBlobFolder(blob)) continue;
    const state = graph.blobState(blob);
    if (state === DiskState.malformed) aborts.add("sweep", blobData(graph.digests.text(blob)), "broken-blob");
    if (state === DiskState.ok && !marking.isMarked(blob)) deletedBlobs.push(blob);
  }
  const deletedRevisions = markAborts > 0 ? [] : untagged.slice(0, gone);
  // Which blobs are gone when it stops among them cannot be told: at worst, all.
  const swept = aborts.all.some(({ phase }) => phase !== "blobs") ? [] : deletedBlobs;
  const deletedLinks = new Bytes();
  for (const { repository, digest } of deletedRevisions) {
    const link = graph.revisions.find(repository.index, digest);
    if (link >= 0) deletedLinks.set(link, 1);
  }
  const isBlobDeleted = new Bytes();
  let deletedBytes = 0;
  for (const blob of swept) {
    isBlobDeleted.set(blob, 1);
    deletedBytes += graph.blobSize(blob);
  }
  return {
    aborts: aborts.all,
    marked: marking.marked,
    deletedRevisions,
    deletedLinks,
    deletedBlobs: swept,
    isBlobDeleted,
    deletedBytes,
  };
}

/** Collection takes what lies there for an unmarked blob, goes to where that blob belongs, and finds nothing to delete. */
function stopAtDisplaced({ graph }: CollectInput, marking: Marking, path: string, aborts: Aborts): void {
  const blob = graph.digests.find(digestOfData(path)!);
  if (blob < 0 || !(marking.isMarked(blob) || graph.hasBlobFolder(blob))) aborts.add("blobs", path, "displaced-blob");
}

/**
 * Deletes the untagged revisions one by one; the program finds each folder by digest, and stops where it is not
 * there (any more). Gives how many are gone when it stops.
 */
function deleteManifests(
  { graph }: CollectInput,
  options: CollectOptions,
  untagged: readonly DeletedRevision[],
  aborts: Aborts,
): number {
  const deleted = new Set<string>();
  const checked = new Set<RepositoryNode>();
  let gone = untagged.length;
  for (const [index, { repository, digest }] of untagged.entries()) {
    const before = aborts.all.length;
    if (!checked.has(repository)) stopAtHistory(graph, repository, options, aborts);
    checked.add(repository);
    const key = `${repository.index} ${digest}`;
    if (deleted.has(key) || graph.revisions.find(repository.index, digest) < 0) {
      aborts.add("delete", linkFile(repository.name, "revision", graph.digests.text(digest)), "twice-deleted");
    }
    deleted.add(key);
    if (aborts.all.length > before) gone = Math.min(gone, index);
  }
  return gone;
}

/** With each manifest its entries in the history of every tag are deleted: a tag whose history cannot be looked into stops that. */
function stopAtHistory(
  graph: CollectInput["graph"],
  { name, tags }: RepositoryNode,
  { removedTags }: CollectOptions,
  aborts: Aborts,
): void {
  for (const tag of tags) {
    if (removedTags.at(tag) === 0 && isBroken(graph.tags.historyState(tag))) {
      aborts.add("delete", `${tagFolder(name, graph.tags.name(tag))}/index`, "unreadable-history");
    }
  }
}
