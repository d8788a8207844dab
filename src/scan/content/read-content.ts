// Verifies the content of blobs: reads each to its end, and says of what is corrupt what kind of damage it is.
import { type ContentDamage, ContentOutcome, DiskState, type VerifiedContent } from "../../facts/facts.ts";
import { type PackedDigests, unpackDigests } from "../../facts/packed-digests.ts";
import { type Digest, parseDigest } from "../../layout/digest.ts";
import { dataOf } from "../../layout/paths.ts";
import { describeError, type StorageFs, stateOfError, statPath } from "../fs/storage-fs.ts";
import { type Hashed, hashing } from "./hash-file.ts";

/** Some blobs of one root, for one thread. */
export interface ContentTask {
  readonly kind: "content";
  /** The storage root's path. */
  readonly root: string;
  /** Real digests, no text. */
  readonly digests: PackedDigests;
  /** Whether to read them in the order of their inodes, which is mostly that of their places on a disk that spins. */
  readonly byInode?: boolean;
}

/** A file that changes while it is read is read again, so often at most. */
const MOST_READINGS = 4;
/** The blocks that file systems lose as one. */
const BLOCK = 4096;
const NO_BYTES = Buffer.alloc(BLOCK);

/**
 * Verifies the blobs of a task one after another. Yields how many bytes each read gave. Whoever ends it early calls `result`
 * for what was done: the others are `unread`.
 */
export class ContentReading {
  readonly #fs: StorageFs;
  readonly #task: ContentTask;
  readonly #digests: readonly Digest[];
  readonly #outcomes: Uint8Array;
  readonly #sizes: Float64Array;
  readonly #modified: Float64Array;
  readonly #changed: Float64Array;
  readonly #damages = new Map<number, ContentDamage>();
  readonly #errors = new Map<number, string>();

  constructor(storageFs: StorageFs, task: ContentTask) {
    this.#fs = storageFs;
    this.#task = task;
    this.#digests = unpackDigests(task.digests).map((digest) => parseDigest(digest!)!);
    const { length } = this.#digests;
    this.#outcomes = new Uint8Array(length).fill(ContentOutcome.unread);
    this.#sizes = new Float64Array(length);
    this.#modified = new Float64Array(length);
    this.#changed = new Float64Array(length);
  }

  *steps(): Generator<number> {
    for (const row of this.#rows()) yield* this.#verify(row);
  }

  result(): VerifiedContent {
    return {
      outcomes: this.#outcomes,
      sizes: this.#sizes,
      modified: this.#modified,
      changed: this.#changed,
      damages: this.#damages,
      errors: this.#errors,
    };
  }

  #rows(): number[] {
    const rows = [...this.#digests.keys()];
    if (!this.#task.byInode) return rows;
    const inodes = rows.map((row) => statPath(this.#fs, this.#path(row)).stat?.ino ?? 0);
    return rows.sort((a, b) => inodes[a]! - inodes[b]!);
  }

  #path(row: number): string {
    return `${this.#task.root}/${dataOf(this.#digests[row]!)}`;
  }

  /** Reads until the file is after reading what it was before: who grows or is replaced meanwhile is not corrupt. */
  *#verify(row: number): Generator<number> {
    const digest = this.#digests[row]!;
    const path = this.#path(row);
    let before = this.#stat(path);
    if ("error" in before) return this.#fail(row, before.error);
    for (let readings = 0; readings < MOST_READINGS; readings++) {
      const hashed = yield* hashing(this.#fs, path, digest.algorithm, before.size);
      if ("error" in hashed) return this.#fail(row, hashed.error, hashed.offset);
      const after = this.#stat(path);
      if ("error" in after) return this.#fail(row, after.error);
      if (isSameFile(before, after) && hashed.bytes === after.size) {
        if (hashed.hex === digest.hex) return this.#end(row, ContentOutcome.sound, after);
        return yield* this.#examine(row, path, hashed, after);
      }
      before = after;
    }
    this.#fail(row, "kept changing while it was read");
  }

  /** Reads what is corrupt once more: what kind of damage it is, and whether it is there at all. */
  *#examine(row: number, path: string, hashed: Exclude<Hashed, { error: string }>, file: FileTimes): Generator<number> {
    const { algorithm, hex: expected } = this.#digests[row]!;
    let [zeros, firstZero] = [0, -1];
    const look = (bytes: Buffer, offset: number) => {
      for (let at = 0; at < bytes.length; at += BLOCK) {
        const block = bytes.subarray(at, at + BLOCK);
        if (!block.equals(block.length === BLOCK ? NO_BYTES : NO_BYTES.subarray(0, block.length))) continue;
        zeros += block.length;
        if (firstZero < 0) firstZero = offset + at;
      }
    };
    const again = yield* hashing(this.#fs, path, algorithm, file.size, look);
    if ("error" in again) return this.#fail(row, again.error, again.offset);
    if (again.hex === hashed.hex) {
      this.#damages.set(row, { actual: `${algorithm}:${hashed.hex}`, bytes: hashed.bytes, zeros, firstZero });
      return this.#end(row, ContentOutcome.corrupt, file);
    }
    const after = this.#stat(path);
    if ("error" in after) return this.#fail(row, after.error);
    // Put right in between: what it is now is what counts.
    if (again.hex === expected && !isSameFile(file, after)) return this.#end(row, ContentOutcome.sound, after);
    if (!isSameFile(file, after)) return this.#fail(row, "kept changing while it was read");
    this.#fail(row, "read twice, it gave other bytes each time (is the disk or the memory failing?)");
  }

  #fail(row: number, error: string, offset = 0): void {
    const isCode = /^E[A-Z0-9]+$/.test(error);
    const isGone = isCode && stateOfError(error) === DiskState.absent;
    const words = isCode ? describeError(error) : error;
    if (!isGone) this.#errors.set(row, offset > 0 ? `${words} at byte ${offset}` : words);
    this.#end(row, isGone ? ContentOutcome.absent : ContentOutcome.unreadable);
  }

  #end(row: number, outcome: ContentOutcome, { size, mtimeMs, ctimeMs }: FileTimes = NO_FILE): void {
    this.#outcomes[row] = outcome;
    this.#sizes[row] = size;
    this.#modified[row] = mtimeMs;
    this.#changed[row] = ctimeMs;
  }

  #stat(path: string): FileTimes | { readonly error: string } {
    const { stat, code } = statPath(this.#fs, path);
    return stat ?? { error: code ?? "ENOENT" };
  }
}

interface FileTimes {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

const NO_FILE: FileTimes = { size: 0, mtimeMs: 0, ctimeMs: 0 };

/** By the change time too: a copy that takes a file's place may have its size and modification time (`cp -p`). */
function isSameFile(before: FileTimes, after: FileTimes): boolean {
  return before.size === after.size && before.mtimeMs === after.mtimeMs && before.ctimeMs === after.ctimeMs;
}
