// An entry that makes the registry's own walk abort or stop early.

import {
  DiskState,
  isBroken,
  type UnexpectedEntry,
  type UnexpectedLink,
  type UnexpectedReason,
} from "../facts/facts.ts";
import type { Claim } from "../graph/claims.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import { isRepositoryName, isStoragePath, isTagName } from "../layout/names.ts";
import {
  BLOBS,
  blobData,
  digestOfData,
  linksFolder,
  repositoryFolder,
  tagFolder,
  tagsFolder,
} from "../layout/paths.ts";
import { looksAtTags } from "../registry/collect/mark.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";

interface Found extends UnexpectedEntry {
  /** The repository that it is in; undefined in the blob store and among the names of repositories. */
  readonly repository?: RepositoryNode;
  /** Where it is a link, what that held. */
  readonly link?: UnexpectedLink;
  /** Whether it shows in the tree of repository names. */
  readonly inNamespace?: boolean;
}

export const strayEntry = defineCheck({
  code: "stray-entry",
  severity: "warning",
  label: "in the registry's way",
  meaning: "an entry that makes the registry's own walk abort or stop early",
  inCaches: false,
  isTidied: true,
  fixedAtPath: true,
  find: findEntries,
  draft: (_, { path, repository }) => ({ ...(repository && { repository }), path, tags: [] }),
  words: ({ rules }, { reason, hides = [], path }) => ({
    message:
      hides.length > 0 ? `${messageOf(reason, path, rules)} (${hides.join(", ")})` : messageOf(reason, path, rules),
    remedy: "move it out of the storage root",
  }),
  restsOn: (_, found) => [claimOf(found)],
  fix: () => "move-away",
});

/** What each release makes of it differs in names alone. */
function messageOf(reason: UnexpectedReason, path: string, { repositoryEntry }: CheckContext["rules"]): string {
  const kind = path.includes("/_layers/") ? "layer" : "revision";
  if (reason === "file-for-folder" && path === SHA256) return FILE_FOR_BLOBS;
  return MESSAGES[reason].replace("_ENTRY_", repositoryEntry).replace("_KIND_", kind);
}

const MESSAGES: Record<UnexpectedReason, string> = {
  "ends-walk":
    "a file whose name begins with _ ends the registry's walk of this folder: what sorts after it is not seen",
  "invalid-name": "a _ENTRY_ folder whose path is not a valid repository name: garbage collection aborts",
  "file-for-folder": "a file where the registry expects a directory: 500, and garbage collection aborts",
  "link-loop": "a symlink loop: the registry's walk aborts",
  "misplaced-data": "a file called data whose path gives no digest: garbage collection aborts in its sweep",
  "undecodable-name": "a path with a name that is not valid UTF-8: garbage collection aborts",
  "displaced-blob":
    "a blob outside the folder of its digest (registries before 2.1 had such, below tarsum): garbage collection ends half-way through the blobs",
  "misplaced-link": "a file called link that is not a _KIND_ link: garbage collection reads it and aborts",
  "unusable-tag": "an entry that is not a tag, where garbage collection with -m expects one: it aborts",
};

/** Nothing enters it: a garbage collection that comes to no manifest gets past it (docs/internals/registry-2.8.3.md section 5.5). */
const FILE_FOR_BLOBS =
  "a file where the registry expects the directory of all blobs: 500 for each, and garbage collection aborts at the first manifest";

function* findEntries(context: CheckContext): Generator<Found> {
  const { graph, catalogue, wholeRoot } = context;
  const seen = new Set(catalogue.seen);
  const inRepositories: Found[] = [];
  for (const repository of graph.repositories()) {
    // What garbage collection does not come to does not stop it.
    if (!seen.has(repository.name)) continue;
    for (const entry of unexpectedInRepository(context, repository)) inRepositories.push({ ...entry, repository });
  }
  if (wholeRoot) {
    // A file called `_manifests` ends the walk of its folder as well; that it is not a directory is worse.
    const known = new Set(inRepositories.map(({ path }) => path));
    for (const entry of catalogue.unexpected) if (!known.has(entry.path)) yield { ...entry, inNamespace: true };
    for (const entry of unexpectedInBlobStore(context)) if (!known.has(entry.path)) yield entry;
  }
  yield* inRepositories;
}

/** That it is there, and of a link what it holds. */
function claimOf({ path, repository, link, inNamespace }: Found): Claim {
  if (inNamespace) return { kind: "stops-walk", path };
  if (link) return { kind: "link", path, state: link.state, target: link.target ?? "" };
  const digest = repository ? undefined : digestOfData(path);
  const isData = digest !== undefined && blobData(digest) === path;
  return { kind: "folder", path, present: true, ...(isData && { digest }) };
}

/** What stops the registry in a repository that its walk comes to. */
function* unexpectedInRepository({ graph, rules }: CheckContext, repository: RepositoryNode): Generator<Found> {
  const { name } = repository;
  yield* blockedFolders(repository);
  if (rules.collector.deletesLayerLinks) yield* blockedLayers(repository);
  yield* repository.unexpected;
  for (const link of [...repository.unexpectedLinks.revision, ...repository.unexpectedLinks.layer]) {
    const { path, state } = link;
    if (isBroken(state) || !isStoragePath(path)) yield { path, reason: "misplaced-link", link };
  }
  if (!looksAtTags(graph, repository)) return;
  for (const tag of repository.tags) {
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

/** Folders of layer links that are none, for a garbage collection that walks them. */
function* blockedLayers({ name, blocked }: RepositoryNode): Generator<UnexpectedEntry> {
  const layers = linksFolder(name, "layer");
  for (const { path, state } of blocked) {
    if (path !== layers && !path.startsWith(`${layers}/`)) continue;
    if (state === DiskState.malformed) yield { path, reason: "link-loop" };
    else if (state === DiskState.notAFolder && path === layers) yield { path, reason: "file-for-folder" };
  }
}

/** Where every blob lies: whatever it was pushed by, the registry stores it under sha256. */
const SHA256 = `${BLOBS}/sha256`;
const STORE_FOLDERS: readonly string[] = [BLOBS, SHA256];

/** What stops the registry's walk of the blob store. */
function* unexpectedInBlobStore({ graph, unexpectedInStore, pull }: CheckContext): Generator<UnexpectedEntry> {
  for (const entry of unexpectedInStore) {
    // Garbage collection deletes it where it belongs: it gets past what is there as well, and what something references.
    const blob = entry.reason === "displaced-blob" ? graph.digests.find(digestOfData(entry.path)!) : -1;
    const isHarmless = blob >= 0 && (graph.hasBlobFolder(blob) || pull.referenced.at(blob) === 1);
    if (!isHarmless) yield entry;
  }
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
