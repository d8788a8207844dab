// The sweep of a garbage collection: revisions without a tag go first (with -m), then every blob that is not marked, then in
// registry 3 the layer links that were not needed when their repository was marked.

import { Bytes } from "../../facts/columns.ts";
import { DiskState, isBroken } from "../../facts/facts.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { BLOBS, blobData, digestOfData, type LinkKind, linkFile, tagFolder } from "../../layout/paths.ts";
import type { Aborts, CollectInput, Collection, CollectOptions, HeldDigest } from "./collection.ts";
import type { Marking } from "./mark.ts";
import { SharedLinks } from "./shared-links.ts";

/** What is gone when the program has ended. Nothing is, where the mark aborted. */
export function sweep(input: CollectInput, options: CollectOptions, marking: Marking, aborts: Aborts): Collection {
  const { graph } = input;
  const untagged = marking.untagged();
  const markAborts = aborts.all.length;
  const sharing = { revision: new SharedLinks(graph, "revision"), layer: new SharedLinks(graph, "layer") };
  const gone = deleteManifests(input, options, untagged, sharing.revision, aborts);
  stopInStore(input, marking, aborts);
  const deletedBlobs: number[] = [];
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (!graph.hasBlobFolder(blob)) continue;
    const state = graph.blobState(blob);
    if (state === DiskState.malformed) aborts.add("sweep", blobData(graph.digests.text(blob)), "broken-blob");
    if (state === DiskState.ok && !marking.isMarked(blob)) deletedBlobs.push(blob);
  }
  stopAtShared(graph, marking, aborts);
  const unlinked = deleteLayerLinks(input, marking, sharing.layer, aborts);
  const deletedRevisions = markAborts > 0 ? [] : untagged.slice(0, gone);
  // Which blobs are gone when it stops among them cannot be told: at worst, all.
  const swept = aborts.all.some(({ phase }) => phase !== "blobs" && phase !== "layers") ? [] : deletedBlobs;
  const deletedLayers = aborts.all.some(({ phase }) => phase !== "layers") ? [] : unlinked;
  const isBlobDeleted = new Bytes();
  let deletedBytes = 0;
  for (const blob of swept) {
    isBlobDeleted.set(blob, 1);
    // With a symbolic link no bytes go.
    if (!graph.isLinkedBlob(blob)) deletedBytes += graph.blobSize(blob);
  }
  for (const { blob, of } of graph.sharedBlobs()) if (isBlobDeleted.at(of) === 1) isBlobDeleted.set(blob, 1);
  return {
    aborts: aborts.inOrder(),
    marked: marking.marked,
    deletedRevisions,
    deletedLayers,
    deletedLinks: {
      revision: linksOf(graph, "revision", deletedRevisions, sharing.revision),
      layer: linksOf(graph, "layer", deletedLayers, sharing.layer),
    },
    deletedBlobs: swept,
    isBlobDeleted,
    deletedBytes,
  };
}

/** By number: the links of what is deleted, by whatever path they can be reached. */
function linksOf(
  graph: CollectInput["graph"],
  kind: LinkKind,
  deleted: readonly HeldDigest[],
  sharing: SharedLinks,
): Bytes {
  const links = new Bytes();
  for (const { repository, digest } of deleted) {
    for (const { index } of sharing.of(repository)) {
      const link = graph.links(kind).find(index, digest);
      if (link >= 0) links.set(link, 1);
    }
  }
  return links;
}

/** Where the walk of the blob store aborts, or what it finds cannot be deleted. */
function stopInStore(input: CollectInput, marking: Marking, aborts: Aborts): void {
  if (!input.hasBlobStore) aborts.add("sweep", BLOBS, "no-blobs");
  for (const { path, reason } of input.unexpectedInStore) {
    if (reason === "displaced-blob") stopAtDisplaced(input, marking, path, aborts);
    else if (reason === "link-loop" || reason === "undecodable-name") aborts.add("sweep", path, reason);
    else aborts.add("sweep", path, "misplaced-data");
  }
  for (const { path, state } of input.graph.blockedBlobFolders()) {
    if (state === DiskState.malformed) aborts.add("sweep", path, "link-loop");
    else if (path === BLOBS && state === DiskState.notAFolder) aborts.add("sweep", path, "file-for-folder");
  }
}

/**
 * A blob folder that is a symbolic link to the folder of another: where both are to go and the other goes first, the
 * program finds nothing to delete at the end of the link.
 */
function stopAtShared(graph: CollectInput["graph"], marking: Marking, aborts: Aborts): void {
  for (const { blob, of, by } of graph.sharedBlobs()) {
    if (by === "file" || marking.isMarked(blob) || marking.isMarked(of)) continue;
    aborts.add("blobs", blobData(graph.digests.text(blob)), "shared-blob");
  }
}

/** Garbage collection takes what lies there for an unmarked blob, goes to where that blob belongs, and finds nothing to delete. */
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
  untagged: readonly HeldDigest[],
  sharing: SharedLinks,
  aborts: Aborts,
): number {
  const deleted = new Map<string, RepositoryNode>();
  const checked = new Set<RepositoryNode>();
  let gone = untagged.length;
  for (const [index, { repository, digest }] of untagged.entries()) {
    const before = aborts.all.length;
    if (!checked.has(repository)) stopAtHistory(graph, repository, options, aborts);
    checked.add(repository);
    if (graph.tags.isAnyHistoryLooped) stopAtLoopedHistory(graph, repository, digest, options, aborts);
    const key = `${sharing.of(repository)[0]!.index} ${digest}`;
    if (deleted.has(key) || graph.revisions.find(repository.index, digest) < 0) {
      const isShared = deleted.has(key) && deleted.get(key) !== repository;
      const path = linkFile(repository.name, "revision", graph.digests.text(digest));
      aborts.add("delete", path, isShared ? "shared-repository" : "twice-deleted");
    }
    deleted.set(key, repository);
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

/** The entry of the manifest itself, by which it is looked at before it is deleted. */
function stopAtLoopedHistory(
  graph: CollectInput["graph"],
  { name, tags }: RepositoryNode,
  digest: number,
  { removedTags }: CollectOptions,
  aborts: Aborts,
): void {
  for (const tag of tags) {
    if (removedTags.at(tag) === 1 || !graph.tags.hasLoopedHistory(tag, digest)) continue;
    const path = `${tagFolder(name, graph.tags.name(tag))}/index/${graph.digests.text(digest).replace(":", "/")}`;
    aborts.add("delete", path, "unreadable-history");
  }
}

/**
 * Deletes layer links one by one, of one repository after another in no order; the program finds each by digest, and stops
 * where it is gone already. Gives what is gone then, at worst.
 */
function deleteLayerLinks(
  { graph }: CollectInput,
  { unlinked }: Marking,
  sharing: SharedLinks,
  aborts: Aborts,
): HeldDigest[] {
  const gone: HeldDigest[] = [];
  const deletedBy = new Map<string, RepositoryNode>();
  for (const [repository, digests] of unlinked) {
    const group = sharing.of(repository);
    const deleted = new Set<number>();
    for (const digest of digests) {
      const key = `${group[0]!.index} ${digest}`;
      const path = () => linkFile(repository.name, "layer", graph.digests.text(digest));
      if (group.length > 1 && (deletedBy.get(key) ?? repository) !== repository) {
        aborts.add("layers", path(), "shared-layers");
      }
      if (deleted.has(digest)) {
        aborts.add("layers", path(), "twice-unlinked");
        break;
      }
      deleted.add(digest);
      if (group.length > 1) deletedBy.set(key, repository);
      gone.push({ repository, digest });
    }
  }
  return gone;
}
