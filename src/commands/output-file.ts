// Writes a result file whole or not at all: a temporary file beside it, flushed to disk, then renamed over it.
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UsageError } from "../config/usage-error.ts";

/**
 * Refuses a file that would lie inside a storage root, through symbolic links too.
 * Throws a UsageError for that, and for a folder that does not exist.
 */
export function checkOutsideRoots(option: string, file: string, roots: readonly string[]): void {
  const folder = realFolder(option, file);
  for (const root of roots) {
    const inside = `${realpathSync(root)}${sep}`;
    if (`${folder}${sep}`.startsWith(inside)) {
      throw new UsageError(`${option} ${file}: inside the storage root ${root}, where nothing is ever written`);
    }
  }
}

function realFolder(option: string, file: string): string {
  try {
    return realpathSync(dirname(resolve(file)));
  } catch {
    throw new UsageError(`${option} ${file}: its folder does not exist`);
  }
}

/** Writes `chunks` to `file`; throws the system's error, and leaves what was there before, when it cannot. */
export function writeWhole(file: string, chunks: Iterable<string>, mode = 0o644): void {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    const descriptor = openSync(temporary, "wx", mode);
    try {
      for (const chunk of chunks) writeSync(descriptor, chunk);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
