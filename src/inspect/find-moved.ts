// What moved on disk since it was read, of all that findings rest on: a registry may have been at work meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import type { CheckContext } from "../checks/finding.ts";
import { findDrafts } from "../checks/index.ts";
import type { NamespaceFacts } from "../facts/facts.ts";
import { claimsOf, UnexpectedEntryClaims } from "../graph/claims.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import { blobData, digestOfData, repositoryFolder } from "../layout/paths.ts";
import { walkCatalogue } from "../registry/serve/catalogue.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { listNamespace, repositoryNames } from "../scan/list-namespace.ts";
import { Rechecker } from "../scan/recheck.ts";

export interface Moved {
  /** Of the findings that no longer hold, relative to the root. */
  readonly paths: ReadonlySet<string>;
  /** The repositories, and the blobs' digests, that are to be read again. */
  readonly repositories: ReadonlySet<string>;
  readonly blobs: ReadonlySet<string>;
  /** The tree of names as it is now, where a finding rests on it. */
  readonly namespace: NamespaceFacts | undefined;
}

/**
 * Reads again, after a pause of so many milliseconds, what the findings rest on, since a registry writes small files in
 * place. `root` is the storage root's path.
 */
export async function findMoved(
  storageFs: StorageFs,
  root: string,
  context: CheckContext,
  pause: number,
): Promise<Moved> {
  const paths = new Set<string>();
  const repositories = new Set<string>();
  const blobs = new Set<string>();
  let rechecker: Rechecker | undefined;
  const unseen: RepositoryNode[] = [];
  const unexpectedEntryClaims = new UnexpectedEntryClaims();
  const inNamespace = new Set(context.catalogue.unexpected.map(({ path }) => path));
  for (const { code, draft } of findDrafts(context)) {
    if (code === "unreferenced-blob" || code === "stale-upload") continue;
    if (!rechecker) {
      await sleep(pause);
      rechecker = new Rechecker(storageFs, root);
    }
    const { path, repository } = draft;
    if (code === "stray-entry") {
      // Those of the namespace show when that is listed again.
      if (!repository && inNamespace.has(path)) continue;
      if (rechecker.holds(unexpectedEntryClaims.of(path, repository))) continue;
      paths.add(path);
      const digest = repository ? undefined : digestAt(path);
      if (repository) repositories.add(repository.name);
      else if (digest) blobs.add(digest);
      continue;
    }
    if (!repository) continue;
    if (code === "unseen-repository") unseen.push(repository);
    const digest = draft.digest ?? -1;
    const about = { digests: [digest, draft.parent ?? -1], suspects: [digest], tags: draft.tags };
    for (const claim of claimsOf(context.graph, repository, about)) {
      if (rechecker.holds(claim)) continue;
      paths.add(path);
      repositories.add(repository.name);
      if ("digest" in claim) blobs.add(claim.digest);
    }
  }
  const restsOnNames = unseen.length > 0 || context.catalogue.unexpected.length > 0;
  const namespace = restsOnNames ? listNamespace(storageFs, root) : undefined;
  if (namespace) {
    const gone = noLongerShown(namespace, context, unseen);
    for (const path of gone.unexpected) paths.add(path);
    for (const { name } of gone.repositories) {
      paths.add(repositoryFolder(name));
      repositories.add(name);
    }
  }
  return { paths, repositories, blobs, namespace };
}

/** The digest of the blob whose data belongs at this path; undefined where none's does. */
function digestAt(path: string): string | undefined {
  const digest = digestOfData(path);
  return digest !== undefined && blobData(digest) === path ? digest : undefined;
}

/** Of the findings that rest on the tree of names, those that it no longer shows. */
function noLongerShown(namespace: NamespaceFacts, context: CheckContext, unseen: readonly RepositoryNode[]) {
  const { seen, unexpected } = walkCatalogue(namespace);
  const seenNow = new Set(seen);
  const namesNow = new Set(repositoryNames(namespace));
  const unexpectedNow = new Set(unexpected.map(({ path }) => path));
  const unexpectedBefore = context.catalogue.unexpected.map(({ path }) => path);
  return {
    repositories: unseen.filter(({ name }) => seenNow.has(name) || !namesNow.has(name)),
    unexpected: unexpectedBefore.filter((path) => !unexpectedNow.has(path)),
  };
}
