// Reads the blob store, a shard at a time: one stat a blob gives its presence and its size.
import type { Stats } from "node:fs";
import { Bytes, Floats, Integers } from "../facts/columns.ts";
import {
  type BlobFacts,
  type BlockedFolder,
  DiskState,
  type UnexpectedEntry,
  type Unreadable,
} from "../facts/facts.ts";
import { UNKNOWN_BLOB } from "../facts/memory.ts";
import { DigestWriter } from "../facts/packed-digests.ts";
import { type Algorithm, isAlgorithm } from "../layout/digest.ts";
import { BLOBS, digestOfData } from "../layout/paths.ts";
import { type FileMemory, lastOf } from "./file-memory.ts";
import {
  entriesOf,
  type Listing,
  listEntries,
  listNames,
  type StorageFs,
  stateOfError,
  statPath,
} from "./fs/storage-fs.ts";
import { isUndecodableName } from "./undecodable-names.ts";
import { leavesBelow } from "./walk-unexpected.ts";

/** A folder of blobs that share an algorithm and the first two digits of their hex. */
export interface BlobShard {
  readonly algorithm: Algorithm;
  readonly prefix: string;
}

export interface BlobStoreListing {
  readonly shards: readonly BlobShard[];
  readonly unexpected: readonly UnexpectedEntry[];
  readonly blocked: readonly BlockedFolder[];
  readonly unreadable: readonly Unreadable[];
  /** Whether `blobs/` itself is there; garbage collection fails without it. */
  readonly present: boolean;
}

/** The folders of digests that are looked through: of all, or of those whose hex begins with one of these. */
export type Folders = "every" | readonly string[];

export function isAskedFor(folders: Folders, hex: string): boolean {
  return folders === "every" || folders.some((beginning) => hex.startsWith(beginning));
}

/** Finds the shards, and what else is there. `root` is the storage root's path. */
export function listBlobStore(storageFs: StorageFs, root: string): BlobStoreListing {
  const shards: BlobShard[] = [];
  const unexpected: UnexpectedEntry[] = [];
  const blocked: BlockedFolder[] = [];
  const unreadable: Unreadable[] = [];
  const list = (path: string) => listStorePart(listNames, storageFs, root, path, blocked, unreadable);
  const top = list(BLOBS);
  for (const name of entriesOf(top)) {
    if (!isAlgorithm(name)) {
      findMisplacedData(storageFs, root, `${BLOBS}/${name}`, unexpected, unreadable);
      continue;
    }
    for (const prefix of entriesOf(list(`${BLOBS}/${name}`))) {
      if (/^[0-9a-f]{2}$/.test(prefix)) shards.push({ algorithm: name, prefix });
      else findMisplacedData(storageFs, root, `${BLOBS}/${name}/${prefix}`, unexpected, unreadable);
    }
  }
  return { shards, unexpected, blocked, unreadable, present: top.state !== DiskState.absent };
}

type List<Entry> = (storageFs: StorageFs, path: string) => Listing<Entry>;

/** Lists a folder of the store; notes it where it is none, or cannot be read. */
function listStorePart<Entry>(
  call: List<Entry>,
  storageFs: StorageFs,
  root: string,
  path: string,
  blocked: BlockedFolder[],
  unreadable: Unreadable[],
): Listing<Entry> {
  const listing = call(storageFs, `${root}/${path}`);
  if (listing.state === DiskState.ok || listing.state === DiskState.absent) return listing;
  blocked.push({ path, state: listing.state });
  if (listing.state === DiskState.unreadable) unreadable.push({ path, error: listing.code });
  return listing;
}

/** Reads every blob of a shard. The folders asked for are looked through for what a garbage collection's walk would stumble over. */
export function readBlobShard(
  storageFs: StorageFs,
  root: string,
  shard: BlobShard,
  folders?: Folders,
  memory?: FileMemory,
): BlobFacts {
  const unreadable: Unreadable[] = [];
  const { algorithm, prefix } = shard;
  const folder = `${BLOBS}/${algorithm}/${prefix}`;
  const blocked: BlockedFolder[] = [];
  const list = <Entry>(call: List<Entry>) => listStorePart(call, storageFs, root, folder, blocked, unreadable);
  const looks = folders === "every" || folders?.some((hex) => hex.startsWith(prefix)) === true;
  const entries = looks ? entriesOf(list(listEntries)) : [];
  const names = looks ? entries.map(({ name }) => name) : entriesOf(list(listNames));
  const links = new Set(entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name));
  const files = new Floats(folders ? names.length : 0);
  const linkedFolders: number[] = [];
  const linkedFiles: number[] = [];
  const digests = new DigestWriter(names.length);
  const states = new Bytes(names.length);
  const sizes = new Floats(names.length);
  const modified = new Floats(names.length);
  const known = new Integers(memory === undefined ? 0 : names.length);
  const unexpected: UnexpectedEntry[] = [];
  for (const name of names) {
    if (!name.startsWith(prefix) || !digests.pushHex(algorithm, name)) {
      findMisplacedData(storageFs, root, `${folder}/${name}`, unexpected, unreadable);
      continue;
    }
    const path = `${folder}/${name}/data`;
    const blob = statBlob(storageFs, `${root}/${path}`);
    const { state } = blob;
    const row = folders ? files.push(blob.file) : -1;
    if (links.has(name)) linkedFolders.push(row);
    if (looks && isAskedFor(folders, name)) {
      const listing = listEntries(storageFs, `${root}/${folder}/${name}`);
      if (listing.state === DiskState.unreadable) {
        unreadable.push({ path: `${folder}/${name}`, error: listing.code });
      }
      for (const other of entriesOf(listing)) {
        const below = `${folder}/${name}/${other.name}`;
        if (other.name !== "data") findMisplacedData(storageFs, root, below, unexpected, unreadable);
        else if (other.isSymbolicLink()) linkedFiles.push(row);
      }
    }
    if (state === DiskState.unreadable && blob.code) unreadable.push({ path, error: blob.code });
    if (memory) known.push(blob.stat === undefined ? UNKNOWN_BLOB : memory.blob(blob.stat, lastOf(digests, name)));
    states.push(state);
    sizes.push(blob.size);
    modified.push(blob.modified);
  }
  return {
    digests: digests.finish(),
    states: states.finish(),
    files: files.finish(),
    linkedFolders,
    linkedFiles,
    sizes: sizes.finish(),
    modified: modified.finish(),
    known: known.finish(),
    blocked,
    unexpected,
    unreadable,
  };
}

export interface BlobStat {
  readonly state: DiskState;
  /** Bytes; 0 unless the state is ok. */
  readonly size: number;
  /** Milliseconds since 1970; 0 unless the state is ok. */
  readonly modified: number;
  /** As BlobFacts.files has it; 0 unless the state is ok. */
  readonly file: number;
  /** Undefined unless the state is ok. */
  readonly stat?: Stats;
  /** The system's error code, where there was one. */
  readonly code?: string;
}

const NO_BLOB: BlobStat = { state: DiskState.absent, size: 0, modified: 0, file: 0 };

/** One stat of a blob's `data`. `path` is absolute. */
export function statBlob(storageFs: StorageFs, path: string): BlobStat {
  const { stat, code } = statPath(storageFs, path);
  if (code) return { state: stateOfError(code), size: 0, modified: 0, file: 0, code };
  if (!stat) return NO_BLOB;
  if (stat.isDirectory()) return { state: DiskState.folder, size: 0, modified: 0, file: 0 };
  return { state: DiskState.ok, size: stat.size, modified: stat.mtimeMs, file: fileNumber(stat), stat };
}

/** One number for device and inode. Exact up to 2^41 inodes and 4,096 devices; beyond, two files may share one by chance. */
function fileNumber({ dev, ino }: { readonly dev: number; readonly ino: number }): number {
  return ino * 4096 + (dev % 4096);
}

/**
 * Garbage collection takes every file called `data` below blobs/ for a blob and aborts where its path gives no digest
 * (docs/internals/registry-2.8.3.md section 5.5). Looks for those at and below a path that has no business there, and
 * for symlink loops, which end its walk too.
 */
function findMisplacedData(
  storageFs: StorageFs,
  root: string,
  path: string,
  unexpected: UnexpectedEntry[],
  unreadable: Unreadable[],
): void {
  for (const leaf of leavesBelow(storageFs, root, path)) {
    if (leaf.state === DiskState.notAFolder && leaf.path.endsWith("/data")) {
      const isBlob = digestOfData(leaf.path) !== undefined;
      const misplaced = isUndecodableName(leaf.path) ? "undecodable-name" : "misplaced-data";
      unexpected.push({ path: leaf.path, reason: isBlob ? "displaced-blob" : misplaced });
    }
    if (leaf.state === DiskState.malformed) unexpected.push({ path: leaf.path, reason: "link-loop" });
    if (leaf.state === DiskState.unreadable) unreadable.push({ path: leaf.path, error: leaf.code });
  }
}
