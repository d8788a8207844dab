// An entry that makes the registry's own walk abort or stop early.

import { DiskState, isBroken, type UnexpectedEntry, type UnexpectedReason } from "../facts/facts.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import { isRepositoryName, isStoragePath, isTagName } from "../layout/names.ts";
import { BLOBS, blobData, linksFolder, repositoryFolder, tagFolder, tagsFolder } from "../layout/paths.ts";
import { looksAtTags } from "../registry/collect/mark.ts";
import type { Check, CheckContext } from "./finding.ts";

export const strayEntry: Check = {
  severity: "warning",
  meaning: "an entry that makes the registry's own walk abort or stop early",
  inCaches: false,
  *find(context) {
    const { graph, catalogue, wholeRoot } = context;
    const seen = new Set(catalogue.seen);
    const inRepositories = graph
      .repositories()
      // What collection does not come to does not stop it.
      .filter(({ name }) => seen.has(name))
      .flatMap((repository) =>
        [...unexpectedInRepository(context, repository)].map((entry) => ({ repository, entry })),
      );
    // A file called `_manifests` ends the walk of its folder as well; that it is no folder is worse.
    const told = new Set(inRepositories.map(({ entry }) => entry.path));
    if (wholeRoot) {
      for (const entry of [...catalogue.unexpected, ...unexpectedInBlobStore(context)])
        if (!told.has(entry.path)) yield draft(entry);
    }
    for (const { repository, entry } of inRepositories) yield { repository, ...draft(entry) };
  },
};

/** What stops the registry in a repository that its walk comes to. */
function* unexpectedInRepository({ graph }: CheckContext, repository: RepositoryNode): Generator<UnexpectedEntry> {
  const { name } = repository;
  yield* blockedFolders(repository);
  yield* repository.unexpected;
  for (const { path, state } of repository.unexpectedRevisionLinks) {
    if (isBroken(state) || !isStoragePath(path)) yield { path, reason: "misplaced-link" };
  }
  if (!looksAtTags(graph, repository)) return;
  for (let tag = repository.tags.first; tag < repository.tags.end; tag++) {
    const path = tagFolder(name, graph.tags.name(tag));
    const askable = isRepositoryName(name) && isTagName(graph.tags.name(tag));
    if (!askable && (isBroken(graph.tags.state(tag)) || !isStoragePath(path))) {
      yield { path, reason: "unusable-tag" };
    }
  }
}

/** Folders of manifests and tags that are none. A file in the place of an algorithm's folder is passed over. */
function* blockedFolders({ name, blocked }: RepositoryNode): Generator<UnexpectedEntry> {
  const manifests = `${repositoryFolder(name)}/_manifests`;
  for (const { path, state } of blocked) {
    if (path !== manifests && !path.startsWith(`${manifests}/`)) continue;
    const isTop = path === manifests || path === linksFolder(name, "revision") || path === tagsFolder(name);
    if (state === DiskState.malformed) yield { path, reason: "link-loop" };
    else if (state === DiskState.notAFolder && isTop) yield { path, reason: "file-for-folder" };
    // What lies below is in the way for the same reason.
    if (path === manifests) return;
  }
}

/** Where every blob lies: whatever it was pushed by, the registry stores it under sha256. */
const STORE_FOLDERS: readonly string[] = [BLOBS, `${BLOBS}/sha256`];

/** What stops the registry's walk of the blob store. */
function* unexpectedInBlobStore({ graph, unexpectedInStore }: CheckContext): Generator<UnexpectedEntry> {
  // The walk gets past a displaced blob; a forecast says where collection does not.
  yield* unexpectedInStore.filter(({ reason }) => reason !== "displaced-blob");
  for (const { path, state } of graph.blockedBlobFolders()) {
    if (state === DiskState.malformed) yield { path, reason: "link-loop" };
    else if (STORE_FOLDERS.includes(path) && state === DiskState.notAFolder) yield { path, reason: "file-for-folder" };
  }
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (graph.hasBlobFolder(blob) && graph.blobState(blob) === DiskState.malformed) {
      yield { path: blobData(graph.digests.text(blob)), reason: "link-loop" };
    }
  }
}

const WORDS: Record<UnexpectedReason, string> = {
  "ends-walk":
    "a file whose name begins with _ ends the registry's walk of this folder: what sorts after it is not seen",
  "invalid-name": "a _layers folder where no repository name can be: collection aborts",
  "file-for-folder": "a file where the registry expects a folder: 500, and collection aborts",
  "link-loop": "a symbolic link that leads back to itself or above: the registry's walk aborts",
  "misplaced-data": "a file called data whose place gives no digest: collection aborts in its sweep",
  "displaced-blob": "a blob where no blob of this digest belongs",
  "misplaced-link": "a file called link that is no revision link: collection reads it and aborts",
  "unusable-tag": "an entry that is no tag, where collection with -m looks for one: it aborts",
};

function draft({ path, reason, hides = [] }: UnexpectedEntry) {
  return {
    path,
    message: hides.length > 0 ? `${WORDS[reason]} (${hides.join(", ")})` : WORDS[reason],
    remedy: "move it out of the storage root",
    tags: [],
  };
}
