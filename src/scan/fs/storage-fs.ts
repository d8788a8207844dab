// The file system as scan/ sees it: the few calls it makes, all of which only read. What a call gives for each kind of
// path is the same on every Node.js; test/scan/fs/paths.test.ts holds the table.
import * as fs from "node:fs";
import type { DiskState } from "../../facts/facts.ts";
import { DiskState as State } from "../../facts/facts.ts";

/**
 * The calls of `node:fs` that reading a storage root takes. Tests hand over memfs, or one that fails on purpose. Each throws
 * the system's error: `throwIfNoEntry: false` is left to `lookFor`, as with it stat throws ENOTDIR on Node.js 20 and gives
 * `undefined` from 22 on, which reads as "not there", and the registry makes a difference between the two.
 */
export interface StorageFs extends Pick<typeof fs, "readdirSync" | "openSync" | "readSync" | "closeSync"> {
  /** Of a file that is open. */
  fstatSync(file: number): fs.Stats;
  accessSync(path: string, mode: number): void;
  /** The type of the file system that a path is on, as the kernel numbers it. */
  statfsSync(path: string): Pick<fs.StatsFs, "type">;
  statSync(path: string): fs.Stats;
  /** Inodes may be larger than a number holds. */
  statSync(path: string, options: { readonly bigint: true }): fs.BigIntStats;
  lstatSync(path: string): fs.Stats;
  lstatSync(path: string, options: { readonly throwIfNoEntry: false }): fs.Stats | undefined;
  lstatSync(path: string, options: { readonly bigint: true }): fs.BigIntStats;
}

export const nodeFs: StorageFs = fs;

/** Opening a pipe that nobody writes to would wait for ever, and a terminal would become the process's own: not so with these. */
export const READ_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;

/** Errors that say what the disk's structure is, not that reading it failed: the registry answers 500 to them. */
const STRUCTURAL: Readonly<Record<string, DiskState>> = {
  EISDIR: State.folder,
  ENOTDIR: State.notAFolder,
  ELOOP: State.malformed,
  ENXIO: State.malformed,
  EINVAL: State.malformed,
};

/** The system's code of an error that a call threw. Anything that is no system error is a bug and is thrown on. */
export function errorCode(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return code;
}

/**
 * How an error counts for the path that it was met on: only ENOENT means "not there" (docs/internals/registry-2.8.3.md
 * section 2).
 */
export function stateOfError(code: string): DiskState {
  if (code === "ENOENT") return State.absent;
  return STRUCTURAL[code] ?? State.unreadable;
}

/** A structural error in words, for the message of a finding. */
export function describeError(code: string): string {
  switch (code) {
    case "EISDIR":
      return "a folder where a file should be";
    case "ENOTDIR":
      return "a file where a folder should be";
    case "ELOOP":
      return "a symbolic link that leads to itself";
    case "ENXIO":
      return "no regular file";
    default:
      return code;
  }
}

/** What is in a folder, sorted by name, or what stands there instead. */
export type Listing<Entry> =
  | { readonly state: typeof State.ok; readonly entries: readonly Entry[] }
  | { readonly state: Exclude<DiskState, typeof State.ok>; readonly code: string };

/** Lists the names in a folder. Never throws for what the disk does; what is not there it asks for twice. */
export function listNames(storageFs: StorageFs, path: string): Listing<string> {
  return list(() => storageFs.readdirSync(path).sort());
}

/** As listNames, with what each entry is. */
export function listEntries(storageFs: StorageFs, path: string): Listing<fs.Dirent> {
  const byName = (a: fs.Dirent, b: fs.Dirent) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return list(() => storageFs.readdirSync(path, { withFileTypes: true }).sort(byName));
}

function list<Entry>(read: () => Entry[]): Listing<Entry> {
  try {
    return { state: State.ok, entries: twice(read) };
  } catch (error) {
    const code = errorCode(error);
    return { state: stateOfError(code) as Exclude<DiskState, typeof State.ok>, code };
  }
}

/**
 * Makes a call once more that says "not there". That answer hides all that lies below, and no finding that is read
 * again would bring it back; a file system over a network gives it for an instant when a folder is replaced.
 */
function twice<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if (stateOfError(errorCode(error)) !== State.absent) throw error;
    return call();
  }
}

/** What a listing holds; nothing where there is no folder. */
export function entriesOf<Entry>(listing: Listing<Entry>): readonly Entry[] {
  return listing.state === State.ok ? listing.entries : [];
}

/**
 * Whether a folder has such an entry, be it a dangling symlink. An error other than "not found" is a yes.
 * What is listed with U+FFFD in its name, since that is no UTF-8, cannot be asked for: its folder is listed again, and
 * what is below it goes by that.
 */
export function isThere(storageFs: StorageFs, path: string): boolean {
  const [undecodable] = /^.*?\ufffd[^/]*/.exec(path) ?? [];
  if (undecodable !== undefined) {
    const slash = undecodable.lastIndexOf("/");
    const listing = listNames(storageFs, undecodable.slice(0, slash));
    return listing.state === State.ok
      ? listing.entries.includes(undecodable.slice(slash + 1))
      : listing.state !== State.absent;
  }
  try {
    storageFs.lstatSync(path);
    return true;
  } catch (error) {
    return stateOfError(errorCode(error)) !== State.absent;
  }
}

/**
 * What is at a path, be it a dangling symlink, or how looking failed; neither where nothing is, nor where the way there is
 * through a file. For paths of which most are not there: an error that is thrown takes as long as two more looks.
 */
export function lookFor(storageFs: StorageFs, path: string): { readonly stat?: fs.Stats; readonly code?: string } {
  try {
    const stat = storageFs.lstatSync(path, { throwIfNoEntry: false });
    return stat ? { stat } : {};
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? {} : { code };
  }
}

/**
 * One stat of a path: what is there, or how it failed; neither where nothing is, which is asked for twice. Never throws
 * for what the disk does.
 */
export function statPath(storageFs: StorageFs, path: string): { readonly stat?: fs.Stats; readonly code?: string } {
  try {
    return { stat: twice(() => storageFs.statSync(path)) };
  } catch (error) {
    const code = errorCode(error);
    return stateOfError(code) === State.absent ? {} : { code };
  }
}

/**
 * What all paths share that lead to one file or directory, by symbolic links or bind mounts. Some network file systems
 * number nothing: there it is the path, as it is where nothing is.
 */
export function identityOf(storageFs: StorageFs, path: string): string {
  const { stat } = statPath(storageFs, path);
  return stat?.ino ? `${stat.dev} ${stat.ino}` : path;
}

/** How often symbolic links may lead into one directory: with n that all link to each other there are n! ways. */
export const MOST_VISITS = 8;
