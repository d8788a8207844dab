// Reads the blob store, a shard at a time: one stat a blob gives its presence and its size.
import { createHash } from "node:crypto";
import { Bytes, Floats } from "../layout/columns.ts";
import { type Algorithm, isAlgorithm } from "../layout/digest.ts";
import { DigestWriter } from "../layout/packed-digests.ts";
import { BLOBS } from "../layout/paths.ts";
import { type BlobFacts, DiskState, type StrayEntry, type Unreadable } from "./facts.ts";
import { errorCode, listNames, namesOf, READ_FLAGS, type StorageFs, stateOfError, statPath } from "./storage-fs.ts";

/** A folder of blobs that share an algorithm and the first two digits of their hex. */
export interface BlobShard {
  readonly algorithm: Algorithm;
  readonly prefix: string;
}

export interface BlobStoreListing {
  readonly shards: readonly BlobShard[];
  readonly strays: readonly StrayEntry[];
  readonly unreadable: readonly Unreadable[];
  /** Whether `blobs/` itself is there; collection fails without it. */
  readonly present: boolean;
}

/** Finds the shards, and what lies beside them. `root` is the storage root's path. */
export function listBlobStore(storageFs: StorageFs, root: string): BlobStoreListing {
  const shards: BlobShard[] = [];
  const strays: StrayEntry[] = [];
  const unreadable: Unreadable[] = [];
  const top = listNames(storageFs, `${root}/${BLOBS}`);
  if (top.state !== DiskState.ok) {
    if (top.state !== DiskState.absent) unreadable.push({ path: BLOBS, error: top.code });
    return { shards, strays, unreadable, present: top.state !== DiskState.absent };
  }
  for (const name of top.entries) {
    const path = `${BLOBS}/${name}`;
    const folder = listNames(storageFs, `${root}/${path}`);
    if (folder.state === DiskState.unreadable) unreadable.push({ path, error: folder.code });
    if (folder.state === DiskState.notAFolder && name === "data") strays.push({ path, reason: "misplaced-data" });
    if (folder.state !== DiskState.ok) continue;
    for (const entry of folder.entries) {
      if (isAlgorithm(name) && /^[0-9a-f]{2}$/.test(entry)) shards.push({ algorithm: name, prefix: entry });
      else findMisplacedData(storageFs, root, `${path}/${entry}`, strays);
    }
  }
  return { shards, strays, unreadable, present: true };
}

/** Reads every blob of a shard. With `verifyContent` each blob's bytes are hashed as well. */
export function readBlobShard(storageFs: StorageFs, root: string, shard: BlobShard, verifyContent = false): BlobFacts {
  const digests = new DigestWriter();
  const states = new Bytes();
  const sizes = new Floats();
  const modified = new Floats();
  const rotten = new Bytes();
  const strays: StrayEntry[] = [];
  const unreadable: Unreadable[] = [];
  const { algorithm, prefix } = shard;
  const folder = `${BLOBS}/${algorithm}/${prefix}`;
  const listing = listNames(storageFs, `${root}/${folder}`);
  if (listing.state === DiskState.unreadable) unreadable.push({ path: folder, error: listing.code });
  for (const name of namesOf(listing)) {
    if (!name.startsWith(prefix) || !digests.pushHex(algorithm, name)) {
      findMisplacedData(storageFs, root, `${folder}/${name}`, strays);
      continue;
    }
    const path = `${folder}/${name}/data`;
    const blob = statBlob(storageFs, `${root}/${path}`);
    let { state } = blob;
    if (verifyContent) {
      const content = state === DiskState.ok ? hashFile(storageFs, `${root}/${path}`, algorithm) : undefined;
      if (content?.error) {
        state = DiskState.unreadable;
        unreadable.push({ path, error: content.error });
      }
      rotten.push(content?.hex !== undefined && content.hex !== name ? 1 : 0);
    }
    if (state === DiskState.unreadable && blob.code) unreadable.push({ path, error: blob.code });
    states.push(state);
    sizes.push(blob.size);
    modified.push(blob.modified);
  }
  return {
    digests: digests.finish(),
    states: states.finish(),
    sizes: sizes.finish(),
    modified: modified.finish(),
    rotten: rotten.finish(),
    strays,
    unreadable,
  };
}

export interface BlobStat {
  readonly state: DiskState;
  /** Bytes; 0 unless the state is ok. */
  readonly size: number;
  /** Milliseconds since 1970; 0 unless the state is ok. */
  readonly modified: number;
  /** The system's error code, where there was one. */
  readonly code?: string;
}

const NO_BLOB: BlobStat = { state: DiskState.absent, size: 0, modified: 0 };

/** One stat of a blob's `data`. `path` is absolute. */
export function statBlob(storageFs: StorageFs, path: string): BlobStat {
  const { stat, code } = statPath(storageFs, path);
  if (code) return { state: stateOfError(code), size: 0, modified: 0, code };
  if (!stat) return NO_BLOB;
  if (stat.isDirectory()) return { state: DiskState.folder, size: 0, modified: 0 };
  return { state: DiskState.ok, size: stat.size, modified: stat.mtimeMs };
}

const CHUNK = Buffer.allocUnsafeSlow(1 << 20);

function hashFile(
  storageFs: StorageFs,
  path: string,
  algorithm: Algorithm,
): { readonly hex?: string; readonly error?: string } {
  try {
    const hash = createHash(algorithm);
    const file = storageFs.openSync(path, READ_FLAGS);
    try {
      for (;;) {
        const length = storageFs.readSync(file, CHUNK, 0, CHUNK.length, null);
        if (length === 0) return { hex: hash.digest("hex") };
        hash.update(CHUNK.subarray(0, length));
      }
    } finally {
      storageFs.closeSync(file);
    }
  } catch (error) {
    return { error: errorCode(error) };
  }
}

/**
 * Collection takes every file called `data` below blobs/ for a blob and aborts where its path gives no digest
 * (registry-2.8.3 section 5). Looks for those at and below a path that has no business there.
 */
function findMisplacedData(storageFs: StorageFs, root: string, path: string, strays: StrayEntry[]): void {
  const listing = listNames(storageFs, `${root}/${path}`);
  if (listing.state === DiskState.notAFolder && path.endsWith("/data")) strays.push({ path, reason: "misplaced-data" });
  for (const name of namesOf(listing)) findMisplacedData(storageFs, root, `${path}/${name}`, strays);
}
