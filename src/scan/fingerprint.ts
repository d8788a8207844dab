// The fingerprint of a root: all names that a gate's decision rests on, so that a later look tells whether any moved.
import { createHash } from "node:crypto";
import { DiskState, type Unreadable } from "../facts/facts.ts";
import { unpackDigests } from "../facts/packed-digests.ts";
import { isAlgorithm, isHex } from "../layout/digest.ts";
import {
  BLOBS,
  blobData,
  type LinkKind,
  linksFolder,
  REPOSITORIES,
  SCHEDULER_STATE,
  STORAGE,
  tagsFolder,
} from "../layout/paths.ts";
import { entriesOf, type Listing, listEntries, listNames, type StorageFs, statPath } from "./fs/storage-fs.ts";
import { listNamespace, repositoryNames } from "./list-namespace.ts";
import { readTags } from "./read-tags.ts";
import { readUploads } from "./read-uploads.ts";
import { listPart, newReading, type RepositoryReading, statPart } from "./repository-reading.ts";

/**
 * The SHA-256, as hex, of what is in the storage root at `root`: which devices its folders are on, all names that its garbage
 * collection walks over (one that does not belong may hide repositories from it, or end it), what each tag names, each link and
 * when it was written (a push or mount of what is there already moves nothing else), how large each manifest is, the uploads and
 * blobs. Reads names and tags, no blob and no manifest: a few calls a repository and a blob shard, two a tag and a revision, one a
 * layer link. Notes in `unreadable` what cannot be read.
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
  for (const [folder, entries] of namespace.folders) yield `names ${JSON.stringify([folder, entries])}\n`;
  yield `unexpected ${JSON.stringify(namespace.unexpected)}\n`;
  const reading = { ...newReading(storageFs, root), unreadable };
  for (const name of repositoryNames(namespace)) yield* repositoryLines(reading, name);
  yield* blobLines(storageFs, root, unreadable);
}

function* repositoryLines(reading: RepositoryReading, name: string): Generator<string> {
  yield `repository ${JSON.stringify(name)}\n`;
  const tags = entriesOf(listPart(reading, tagsFolder(name)));
  const targets = unpackDigests(readTags(reading, name, tags, { times: false, history: [] }).targets);
  for (const [row, tag] of tags.entries()) yield `tag ${JSON.stringify(tag)} ${targets[row] ?? ""}\n`;
  for (const kind of ["revision", "layer"] as const) yield* linkLines(reading, name, kind);
  for (const { id, modified } of readUploads(reading, name)) yield `upload ${JSON.stringify(id)} ${modified}\n`;
}

function* linkLines(reading: RepositoryReading, repository: string, kind: LinkKind): Generator<string> {
  const folder = linksFolder(repository, kind);
  for (const algorithm of entriesOf(listPart(reading, folder))) {
    yield `${kind}s ${JSON.stringify(algorithm)}\n`;
    if (!isAlgorithm(algorithm)) continue;
    for (const hex of entriesOf(listPart(reading, `${folder}/${algorithm}`))) {
      const written = lookAt(reading, `${folder}/${algorithm}/${hex}${isHex(algorithm, hex) ? "/link" : ""}`);
      // What was deleted leaves its folder.
      if (written === undefined) continue;
      yield `${kind} ${JSON.stringify(`${algorithm}:${hex}`)} ${written}\n`;
      if (kind !== "revision" || !isHex(algorithm, hex)) continue;
      yield `manifest ${lookAt(reading, blobData(`${algorithm}:${hex}`))}\n`;
    }
  }
}

/** When a file was written, in milliseconds since 1970, and how large it is; undefined where there is none. */
function lookAt(reading: RepositoryReading, path: string): string | undefined {
  const { stat, code } = statPart(reading, path);
  return stat ? `${stat.mtimeMs} ${stat.size}` : code;
}

function* blobLines(storageFs: StorageFs, root: string, unreadable: Unreadable[]): Generator<string> {
  const noted = <Entry>(path: string, listing: Listing<Entry>) => {
    if (listing.state === DiskState.unreadable) unreadable.push({ path, error: listing.code });
    return entriesOf(listing);
  };
  const list = (path: string) => noted(path, listNames(storageFs, `${root}/${path}`));
  for (const algorithm of list(BLOBS)) {
    yield `blobs ${JSON.stringify(algorithm)}\n`;
    for (const prefix of list(`${BLOBS}/${algorithm}`)) {
      yield `shard ${JSON.stringify(prefix)}\n`;
      const shard = `${BLOBS}/${algorithm}/${prefix}`;
      for (const entry of noted(shard, listEntries(storageFs, `${root}/${shard}`))) {
        yield `blob ${algorithm} ${prefix} ${entry.name}\n`;
        if (entry.isDirectory()) continue;
        // A link that leads back to itself ends a walk.
        const { stat, code } = statPath(storageFs, `${root}/${shard}/${entry.name}`);
        yield `no directory ${stat ? `${stat.dev} ${stat.ino}` : code}\n`;
      }
    }
  }
}
