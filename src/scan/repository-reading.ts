// One repository's reading: where it is, and what could not be read or is in the way so far.

import type { Stats } from "node:fs";
import { type BlockedFolder, DiskState, type UnexpectedEntry, type Unreadable } from "../facts/facts.ts";
import type { FileMemory } from "./file-memory.ts";
import { type Listing, listNames, type StorageFs, stateOfError, statPath } from "./fs/storage-fs.ts";
import { type LinkContent, LinkReader } from "./read-link.ts";

export interface RepositoryReading {
  readonly fs: StorageFs;
  readonly root: string;
  readonly links: LinkReader;
  /** What is known of links, and is to be remembered; undefined where there is no index. */
  readonly memory: FileMemory | undefined;
  readonly unexpected: UnexpectedEntry[];
  readonly blocked: BlockedFolder[];
  readonly unreadable: Unreadable[];
}

export function newReading(storageFs: StorageFs, root: string, memory?: FileMemory): RepositoryReading {
  const links = new LinkReader(storageFs, memory);
  return { fs: storageFs, root, links, memory, unexpected: [], blocked: [], unreadable: [] };
}

/** Lists a directory of the repository; notes where something else is in its place, or it cannot be read. */
export function listPart(reading: RepositoryReading, path: string): Listing<string> {
  const listing = listNames(reading.fs, `${reading.root}/${path}`);
  if (listing.state === DiskState.unreadable) reading.unreadable.push({ path, error: listing.code });
  if (listing.state !== DiskState.ok && listing.state !== DiskState.absent) {
    reading.blocked.push({ path, state: listing.state });
  }
  return listing;
}

/** Reads the link at a path of the repository; notes where it cannot be read. `expected` as LinkReader.read has it. */
export function readPartLink(reading: RepositoryReading, path: string, expected: string): LinkContent {
  const link = reading.links.read(`${reading.root}/${path}`, expected);
  if (link.state === DiskState.unreadable) reading.unreadable.push({ path, error: link.reason });
  return link;
}

/** One stat of a path of the repository; as statPath, and notes where it cannot be read. */
export function statPart(
  { fs, root, unreadable }: Pick<RepositoryReading, "fs" | "root" | "unreadable">,
  path: string,
): { readonly stat?: Stats; readonly code?: string } {
  const found = statPath(fs, `${root}/${path}`);
  if (found.code && stateOfError(found.code) === DiskState.unreadable) unreadable.push({ path, error: found.code });
  return found;
}
