// One repository's reading: where it is, and what could not be read or is in the way so far.
import { DiskState, type FolderState, type StrayEntry, type Unreadable } from "./facts.ts";
import type { LinkReader } from "./read-link.ts";
import { type Listing, listNames, type StorageFs } from "./storage-fs.ts";

export interface RepositoryReading {
  readonly fs: StorageFs;
  readonly root: string;
  readonly links: LinkReader;
  readonly strays: StrayEntry[];
  readonly unreadable: Unreadable[];
}

/** Lists a folder of the repository; notes it where it cannot be read. */
export function listPart(reading: RepositoryReading, path: string): Listing<string> {
  const listing = listNames(reading.fs, `${reading.root}/${path}`);
  if (listing.state === DiskState.unreadable) reading.unreadable.push({ path, error: listing.code });
  return listing;
}

/** What stands where a folder is expected, from an attempt to list it. */
export function folderStateOf(state: DiskState): FolderState {
  if (state === DiskState.ok) return "folder";
  if (state === DiskState.absent) return "absent";
  return state === DiskState.unreadable ? "unreadable" : "file";
}
