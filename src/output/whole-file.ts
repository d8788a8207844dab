// Writes a result file atomically: a temporary file beside it, flushed to disk, then renamed over it. Safe to be run by root
// in a folder that others can write to.
import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { setImmediate as breathe, setTimeout as sleep } from "node:timers/promises";
import { DESCRIPTOR, rootAbove } from "./outside-roots.ts";
import { type Target, type User, withTarget } from "./target.ts";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

export interface FileMode {
  /** The mode of a new file, less what the umask takes away. One that is there keeps its own, and its owner. */
  readonly mode: number;
  /** Whether a new file has this mode whatever the umask. */
  readonly readableForAll?: boolean;
}

/**
 * Writes `chunks` to `file`. Throws the system's error, or an Error of one line, and leaves what was there before, where it
 * cannot. Signals are seen while it writes.
 */
export async function writeWhole(
  file: string,
  chunks: Iterable<string | Uint8Array>,
  user: User,
  mode: FileMode = { mode: 0o666 },
): Promise<void> {
  const descriptor = DESCRIPTOR.exec(file);
  if (descriptor) {
    const [, name, ...numbers] = descriptor;
    await writeChunks(name === undefined ? Number(numbers.find(Boolean)) : name === "out" ? 1 : 2, chunks);
    return;
  }
  const refuseRoots = (folder: string) => {
    const root = rootAbove(folder);
    if (root !== undefined) throw new Error(`inside the storage root ${root}, where nothing is ever written`);
  };
  await withTarget(file, user, (target) => writeTarget(target, chunks, mode), refuseRoots);
}

function writeTarget(target: Target, chunks: Iterable<string | Uint8Array>, mode: FileMode): Promise<void> {
  const { there } = target;
  if (there?.isDirectory()) throw new Error("a directory stands in its place");
  return there === undefined || there.isFile() ? replace(target, chunks, mode) : feed(target, there, chunks);
}

async function replace(
  { folder, name, there, isTrusted, isProtected }: Target,
  chunks: Iterable<string | Uint8Array>,
  mode: FileMode,
) {
  removeLeftovers(folder, name);
  const temporary = `${folder}/.${name}.${randomUUID()}.tmp`;
  // Another user's file, in a folder where that user could put it, says nothing about whose the new one is to be.
  const before = isTrusted ? there : undefined;
  const keeps = before !== undefined && isProtected;
  // Where others can put files, one that is there can only take away from what a new one may.
  const wanted = keeps ? before.mode & 0o777 : mode.mode & (before?.mode ?? 0o777);
  const descriptor = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, wanted);
  try {
    try {
      if (keeps) keepOwner(descriptor, before);
      if (keeps || (before === undefined && mode.readableForAll)) fchmodSync(descriptor, wanted);
      await writeChunks(descriptor, chunks);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, `${folder}/${name}`);
  } catch (error) {
    removeUnfinished(temporary);
    throw error;
  }
}

/** Never throws: what is told is why the file could not be written, in the system's words, which rmSync's are not. */
function removeUnfinished(temporary: string): void {
  try {
    unlinkSync(temporary);
  } catch {
    // A later run removes it.
  }
}

/** Who is not root cannot give a file away; then it is the writer's. */
function keepOwner(descriptor: number, { uid, gid }: Stats): void {
  const now = fstatSync(descriptor);
  if (now.uid === uid && now.gid === gid) return;
  try {
    fchownSync(descriptor, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

/** A device or a pipe takes what is written to it; a rename would put a file in its place. */
async function feed(
  { folder, name, isTrusted }: Target,
  there: Stats,
  chunks: Iterable<string | Uint8Array>,
): Promise<void> {
  if (!isTrusted) throw new Error("not a regular file, and another user's");
  const descriptor = openSync(`${folder}/${name}`, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  try {
    const { dev, ino } = fstatSync(descriptor);
    if (dev !== there.dev || ino !== there.ino) throw new Error("was replaced while it was opened");
    await writeChunks(descriptor, chunks);
  } finally {
    closeSync(descriptor);
  }
}

const DAY = 86_400_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Removes the temporary files of runs that were killed while they wrote this file: long ago, so that none is at work. */
function removeLeftovers(folder: string, name: string): void {
  const begin = `.${name}.`;
  try {
    for (const left of readdirSync(folder)) {
      if (!left.startsWith(begin) || !UUID.test(left.slice(begin.length))) continue;
      if (Date.now() - lstatSync(`${folder}/${left}`).mtimeMs > DAY) unlinkSync(`${folder}/${left}`);
    }
  } catch {
    // They do no harm; whether the file itself can be written is told by writing it.
  }
}

/** How long to wait for a pipe that is full, in milliseconds. */
const PATIENCE = 10;

async function writeChunks(descriptor: number, chunks: Iterable<string | Uint8Array>): Promise<void> {
  for (const chunk of chunks) {
    // A disk that is about full takes a part, and says why only when it is given the rest.
    for (let rest = typeof chunk === "string" ? Buffer.from(chunk) : chunk; rest.length > 0; ) {
      const written = writeSome(descriptor, rest);
      if (written === 0) await sleep(PATIENCE);
      rest = rest.subarray(written);
    }
    await breathe();
  }
}

function writeSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}
