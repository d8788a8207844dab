// Reads a file that an option names, so that whatever stands in its place cannot hold the program up.
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { DESCRIPTOR } from "./outside-roots.ts";
import { type User, withTarget } from "./target.ts";

export interface InputOptions {
  readonly mostBytes: number;
  /** Whether a symbolic link is refused in its place. */
  readonly noLink?: boolean;
}

/** Opening a pipe that nobody writes to would wait for ever, and a terminal would become the process's own: not so with these. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * What `read` makes of a regular file that is open. Throws the system's error where it cannot be opened, and an Error of one
 * line where it is something else, or larger than so many bytes.
 */
export function withInput<Result>(
  file: string,
  { mostBytes, noLink = false }: InputOptions,
  read: (descriptor: number, stat: Stats) => Result,
): Result {
  const descriptor = openSync(file, READ_FLAGS | (noLink ? constants.O_NOFOLLOW : 0));
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error("not a regular file");
    if (stat.size > mostBytes) throw tooLarge(mostBytes);
    return read(descriptor, stat);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a regular file. Throws as withInput does. */
export function readInput(file: string, mostBytes: number, options: Pick<InputOptions, "noLink"> = {}): string {
  return withInput(file, { mostBytes, ...options }, (descriptor, stat) => {
    // One more than it holds: what grows while it is read is read to its end, within the bound.
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(1 << 26, Math.max(stat.size - total, 0) + 1));
      const length = readSync(descriptor, chunk);
      if (length === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(chunk.subarray(0, length));
      total += length;
      if (total > mostBytes) throw tooLarge(mostBytes);
    }
  });
}

/** What `read` makes of an earlier result file, which is read as result files are written: no symbolic link of others is followed. */
export async function readEarlier<Result>(
  file: string,
  user: User,
  read: (path: string, options: Required<Pick<InputOptions, "noLink">>) => Result,
): Promise<Result> {
  if (DESCRIPTOR.test(file)) return read(file, { noLink: false });
  return await withTarget(file, user, ({ folder, name }) => read(`${folder}/${name}`, { noLink: true }));
}

function tooLarge(mostBytes: number): Error {
  return new Error(`larger than ${mostBytes >>> 20} MiB`);
}
