// Writes a result file whole or not at all: a temporary file beside it, flushed to disk, then renamed over it.
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../config/usage-error.ts";

/**
 * Refuses a file that would lie inside a storage root, through symbolic links too.
 * Throws a UsageError for that, and for a folder that does not exist.
 */
export function checkOutsideRoots(option: string, file: string, roots: readonly string[]): void {
  const folder = realFolder(option, file);
  for (const root of roots) {
    if ([folder, dirname(realFile(file))].some((place) => isInside(place, realpathSync(root)))) {
      throw new UsageError(`${option} ${file}: inside the storage root ${root}, where nothing is ever written`);
    }
  }
}

function isInside(folder: string, root: string): boolean {
  const way = relative(root, folder);
  return way !== ".." && !way.startsWith(`..${sep}`);
}

function realFolder(option: string, file: string): string {
  try {
    return realpathSync(dirname(resolve(file)));
  } catch {
    throw new UsageError(`${option} ${file}: its folder does not exist`);
  }
}

/** Where symbolic links lead; the path itself where it, or what it leads to, is not there yet. */
function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

/** Writes `chunks` to `file`; throws the system's error, and leaves what was there before, when it cannot. */
export function writeWhole(file: string, chunks: Iterable<string>, mode = 0o644): void {
  const target = realFile(file);
  const there = statSync(target, { throwIfNoEntry: false });
  // A device or a pipe takes what is written to it; a rename would put a file in its place.
  if (there && !there.isFile() && !there.isDirectory()) {
    writeChunks(openSync(target, "w"), chunks, false);
    return;
  }
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  removeLeftovers(target);
  try {
    writeChunks(openSync(temporary, "wx", mode), chunks, true);
    // What the umask took away is given back: who reads the file runs as another user.
    chmodSync(temporary, mode);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

const DAY = 86_400_000;

/** Removes the temporary files of runs that were killed while they wrote this file: long ago, so that none is at work. */
function removeLeftovers(target: string): void {
  const folder = dirname(target);
  const begin = `.${basename(target)}.`;
  try {
    for (const name of readdirSync(folder)) {
      if (
        !name.startsWith(begin) ||
        !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.test(name.slice(begin.length))
      ) {
        continue;
      }
      const left = join(folder, name);
      if (Date.now() - lstatSync(left).mtimeMs > DAY) rmSync(left);
    }
  } catch {
    // They do no harm; whether the file itself can be written is told by writing it.
  }
}

function writeChunks(descriptor: number, chunks: Iterable<string>, flush: boolean): void {
  try {
    // Not writeSync, which may write a part of it, as on a disk that is about full, and not say so.
    for (const chunk of chunks) writeFileSync(descriptor, chunk);
    if (flush) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
