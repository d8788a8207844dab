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
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../contract/errors.ts";
import { BLOBS, REPOSITORIES, STORAGE } from "../layout/paths.ts";

/**
 * Refuses a file that would lie inside a storage root: one of `roots`, or any other that it would lie in; through
 * symbolic links too, and where a root is mounted once more.
 * Throws a UsageError for that, and for a folder that does not exist.
 */
export function checkOutsideRoots(option: string, file: string, roots: readonly string[]): void {
  const places = new Set([realFolder(option, file), dirname(realFile(file))]);
  const known = new Map(roots.flatMap((root) => ROOT_PARTS.map((part) => [identityOf(join(root, part)), root])));
  for (const place of places) {
    for (const folder of [place, ...foldersAbove(place)]) {
      const root = known.get(identityOf(folder) ?? "") ?? (isStorageRoot(folder) ? folder : undefined);
      if (root === undefined) continue;
      throw new UsageError(`${option} ${file}: inside the storage root ${root}, where nothing is ever written`);
    }
  }
}

/** As checkOutsideRoots, for the files that options name. */
export function checkOutputs(outputs: Readonly<Record<string, string | undefined>>, roots: readonly string[]): void {
  for (const [option, file] of Object.entries(outputs)) {
    if (file !== undefined) checkOutsideRoots(option, file, roots);
  }
}

/** A root, and the folders of it that a mount elsewhere may show alone. */
const ROOT_PARTS = ["", "docker", "docker/registry", STORAGE, BLOBS, REPOSITORIES];

/** What two paths share that lead to one folder; undefined where nothing can be told. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

/** As checkOutsideRoots, where the paths that were given hold no root that can be read: what cannot be may be one. */
export function checkOutsideGiven(option: string, file: string, paths: readonly string[]): void {
  const isUnknown = (path: string) => isStorageRoot(path) === undefined;
  checkOutsideRoots(option, file, paths.filter(isUnknown));
}

/** Whether a folder holds a registry's storage; undefined where that cannot be told. */
function isStorageRoot(folder: string): boolean | undefined {
  try {
    return statSync(join(folder, STORAGE)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? false : undefined;
  }
}

function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [above, ...foldersAbove(above)];
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
