// Where a corrupt file first differs from a sound copy of it in another root.
import { createHash, type Hash } from "node:crypto";
import type { Algorithm, Digest } from "../../layout/digest.ts";
import { errorCode, READ_FLAGS, type StorageFs } from "../fs/storage-fs.ts";

const PIECE = 1 << 20;

/** A file that could not be read, with the system's error code. */
export interface FailedComparison {
  readonly failed: "file" | "copy";
  readonly error: string;
}

/**
 * The first byte that is other, or is there in one of them alone. Undefined where the copy does not match the digest either.
 * Paths are absolute. Yields how many bytes each pair of reads gave.
 */
export function* firstDifference(
  storageFs: StorageFs,
  path: string,
  copy: string,
  { algorithm, hex }: Digest,
): Generator<number, number | undefined | FailedComparison> {
  const comparison = new Comparison(storageFs, algorithm);
  try {
    try {
      comparison.open(path, copy);
      for (;;) {
        const length = comparison.next();
        yield length;
        if (length < PIECE) break;
      }
      return comparison.hex() === hex ? comparison.difference : undefined;
    } finally {
      comparison.close();
    }
  } catch (error) {
    return { failed: comparison.at, error: errorCode(error) };
  }
}

class Comparison {
  readonly #fs: StorageFs;
  readonly #hash: Hash;
  readonly #pieces = { file: Buffer.allocUnsafeSlow(PIECE), copy: Buffer.allocUnsafeSlow(PIECE) };
  readonly #open = new Map<FailedComparison["failed"], number>();
  #position = 0;
  /** Which of the two it is at. */
  at: FailedComparison["failed"] = "file";
  difference: number | undefined;

  constructor(storageFs: StorageFs, algorithm: Algorithm) {
    this.#fs = storageFs;
    this.#hash = createHash(algorithm);
  }

  open(file: string, copy: string): void {
    for (const [at, path] of [
      ["file", file],
      ["copy", copy],
    ] as const) {
      this.at = at;
      this.#open.set(at, this.#fs.openSync(path, READ_FLAGS));
    }
  }

  /** How many bytes of the copy came; fewer than a piece at its end. */
  next(): number {
    const sound = this.#read("copy");
    this.#hash.update(sound);
    if (this.difference === undefined) {
      const at = differenceOf(this.#read("file"), sound);
      if (at >= 0) this.difference = this.#position + at;
    }
    this.#position += PIECE;
    return sound.length;
  }

  /** What the copy hashes to, once it was read. */
  hex(): string {
    return this.#hash.digest("hex");
  }

  /** Both of them, also where closing the first one fails. */
  close(): void {
    const [first] = this.#open;
    if (first === undefined) return;
    const [at, file] = first;
    this.#open.delete(at);
    try {
      this.at = at;
      this.#fs.closeSync(file);
    } finally {
      this.close();
    }
  }

  /** A full piece, but at the end of the file: reads may come short. */
  #read(at: FailedComparison["failed"]): Buffer {
    this.at = at;
    const into = this.#pieces[at];
    let length = 0;
    while (length < PIECE) {
      const more = this.#fs.readSync(this.#open.get(at)!, into, length, PIECE - length, this.#position + length);
      if (more === 0) break;
      length += more;
    }
    return into.subarray(0, length);
  }
}

/** -1 where they are alike. */
function differenceOf(a: Buffer, b: Buffer): number {
  if (a.equals(b)) return -1;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return length;
}
