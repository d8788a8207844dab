// Reads a file that an option names, so that whatever stands in its place cannot hold the program up.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Opening a pipe that nobody writes to would wait for ever, and a terminal would become the process's own: not so with these. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * The text of a regular file. Throws the system's error where it cannot be read, and an Error of one line where it is
 * something else, or larger than so many bytes. `noLink` refuses a symbolic link in its place.
 */
export function readInput(file: string, mostBytes: number, { noLink = false } = {}): string {
  const descriptor = openSync(file, READ_FLAGS | (noLink ? constants.O_NOFOLLOW : 0));
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error("not a regular file");
    if (stat.size > mostBytes) throw new Error(`larger than ${mostBytes >> 20} MiB`);
    // One more than it holds: what grows while it is read is read to its end, within the bound.
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      const chunk = Buffer.allocUnsafe(Math.min(1 << 20, Math.max(stat.size - total, 0) + 1));
      const length = readSync(descriptor, chunk);
      if (length === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(chunk.subarray(0, length));
      total += length;
      if (total > mostBytes) throw new Error(`larger than ${mostBytes >> 20} MiB`);
    }
  } finally {
    closeSync(descriptor);
  }
}
