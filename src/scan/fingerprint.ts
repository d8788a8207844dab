// The fingerprint of a root: all names that a gate's decision rests on, so that a later look tells whether any moved.
import { createHash } from "node:crypto";
import { DiskState, type UnexpectedEntry, type Unreadable } from "../facts/facts.ts";
import { unpackDigests } from "../facts/packed-digests.ts";
import { isAlgorithm, isHex } from "../layout/digest.ts";
import {
  BLOBS,
  type LinkKind,
  linksFolder,
  REPOSITORIES,
  SCHEDULER_STATE,
  STORAGE,
  tagsFolder,
} from "../layout/paths.ts";
import { entriesOf, listNames, type StorageFs, stateOfError, statPath } from "./fs/storage-fs.ts";
import { listNamespace, repositoryNames } from "./list-namespace.ts";
import { LinkReader } from "./read-link.ts";
import { readTags } from "./read-tags.ts";
import { readUploads } from "./read-uploads.ts";
import { listPart, type RepositoryReading } from "./repository-reading.ts";

/**
 * The SHA-256, as hex, of what is in the storage root at `root`: which devices its folders are on, what each tag names,
 * each link and when it was written (a push or mount of what is there already moves nothing else), the uploads and blobs.
 * Reads names and tags, no blob and no manifest: a few calls a repository and a blob shard, two a tag, one a link. Notes in
 * `unreadable` what cannot be read.
 */
export function fingerprint(storageFs: StorageFs, root: string, unreadable: Unreadable[]): string {
  const hash = createHash("sha256");
  for (const line of fingerprintLines(storageFs, root, unreadable)) hash.update(line);
  return hash.digest("hex");
}

/** A line a thing, each naming its kind, so that no two different roots give the same lines. */
function* fingerprintLines(storageFs: StorageFs, root: string, unreadable: Unreadable[]): Generator<string> {
  for (const path of [STORAGE, REPOSITORIES, BLOBS]) {
    const { stat } = statPath(storageFs, `${root}/${path}`);
    yield `folder ${path} ${stat?.dev} ${stat?.ino}\n`;
  }
  const { stat } = statPath(storageFs, `${root}/${SCHEDULER_STATE}`);
  yield `cache ${stat !== undefined}\n`;
  const namespace = listNamespace(storageFs, root);
  for (const entry of namespace.unreadable) unreadable.push(entry);
  const unexpected: UnexpectedEntry[] = [];
  const reading = { fs: storageFs, root, links: new LinkReader(storageFs), unexpected, blocked: [], unreadable };
  for (const name of repositoryNames(namespace)) yield* repositoryLines(reading, name);
  yield* blobLines(storageFs, root, unreadable);
}

function* repositoryLines(reading: RepositoryReading, name: string): Generator<string> {
  yield `repository ${JSON.stringify(name)}\n`;
  const tags = entriesOf(listPart(reading, tagsFolder(name)));
  const targets = unpackDigests(readTags(reading, name, tags, { times: false, history: false }).targets);
  for (const [row, tag] of tags.entries()) yield `tag ${JSON.stringify(tag)} ${targets[row] ?? ""}\n`;
  for (const kind of ["revision", "layer"] as const) {
    for (const { path, digest } of linkPlaces(reading, name, kind)) {
      const written = linkTime(reading, `${path}/link`);
      if (written !== undefined) yield `${kind} ${digest} ${written}\n`;
    }
  }
  for (const { id, modified } of readUploads(reading, name)) yield `upload ${JSON.stringify(id)} ${modified}\n`;
}

function* linkPlaces(reading: RepositoryReading, repository: string, kind: LinkKind) {
  const folder = linksFolder(repository, kind);
  for (const algorithm of entriesOf(listPart(reading, folder))) {
    if (!isAlgorithm(algorithm)) continue;
    for (const hex of entriesOf(listPart(reading, `${folder}/${algorithm}`))) {
      if (isHex(algorithm, hex)) yield { path: `${folder}/${algorithm}/${hex}`, digest: `${algorithm}:${hex}` };
    }
  }
}

/** When a link was written, in milliseconds since 1970; undefined where what was deleted left its folder. */
function linkTime({ fs, root, unreadable }: RepositoryReading, path: string): number | undefined {
  const { stat, code } = statPath(fs, `${root}/${path}`);
  if (code && stateOfError(code) === DiskState.unreadable) unreadable.push({ path, error: code });
  return stat?.mtimeMs ?? (code === undefined ? undefined : 0);
}

function* blobLines(storageFs: StorageFs, root: string, unreadable: Unreadable[]): Generator<string> {
  const list = (path: string) => {
    const listing = listNames(storageFs, `${root}/${path}`);
    if (listing.state === DiskState.unreadable) unreadable.push({ path, error: listing.code });
    return entriesOf(listing);
  };
  for (const algorithm of list(BLOBS)) {
    for (const prefix of list(`${BLOBS}/${algorithm}`)) {
      for (const hex of list(`${BLOBS}/${algorithm}/${prefix}`)) yield `blob ${algorithm} ${prefix} ${hex}\n`;
    }
  }
}
