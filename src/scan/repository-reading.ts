// One repository's reading: where it is, and what could not be read or is in the way so far.
import { type BlockedFolder, DiskState, type UnexpectedEntry, type Unreadable } from "../facts/facts.ts";
import { type Listing, listNames, type StorageFs } from "./fs/storage-fs.ts";
import type { LinkReader } from "./read-link.ts";

export interface RepositoryReading {
  readonly fs: StorageFs;
  readonly root: string;
  readonly links: LinkReader;
  readonly unexpected: UnexpectedEntry[];
  readonly blocked: BlockedFolder[];
  readonly unreadable: Unreadable[];
}

/** Lists a folder of the repository; notes it where it is none, or cannot be read. */
export function listPart(reading: RepositoryReading, path: string): Listing<string> {
  const listing = listNames(reading.fs, `${reading.root}/${path}`);
  if (listing.state === DiskState.unreadable) reading.unreadable.push({ path, error: listing.code });
  if (listing.state !== DiskState.ok && listing.state !== DiskState.absent) {
    reading.blocked.push({ path, state: listing.state });
  }
  return listing;
}
