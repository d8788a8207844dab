// Hashes files, a read at a time, so that whoever drives it can stop it, slow it down, and hear signals in between.
import { createHash } from "node:crypto";
import type { Algorithm } from "../../layout/digest.ts";
import { errorCode, READ_FLAGS, type StorageFs } from "../fs/storage-fs.ts";
import { ALIGNMENT, ReadBuffer } from "./read-buffer.ts";

const BUFFER = new ReadBuffer();

/** A failed read: the system's error code, and the byte at which it came. */
export interface ReadFailure {
  readonly error: string;
  readonly offset: number;
}

export type Hashed = { readonly hex: string; readonly bytes: number } | ReadFailure;

/**
 * Hashes the first `size` bytes of a file, or fewer where it is shorter: a device gives bytes without end. `path` is absolute.
 * Yields how many bytes each read gave; `look` is shown them, and where they begin. Closes the file whoever ends it.
 */
export function* hashing(
  storageFs: StorageFs,
  path: string,
  algorithm: Algorithm,
  size: number,
  look: (bytes: Buffer, offset: number) => void = () => {},
): Generator<number, Hashed> {
  let position = 0;
  try {
    const hash = createHash(algorithm);
    const file = new OpenFile(storageFs, path, size);
    try {
      while (position < size) {
        const length = Math.min(file.read(position), size - position);
        if (length === 0) break;
        const bytes = BUFFER.bytes(length);
        hash.update(bytes);
        look(bytes, position);
        position += length;
        yield length;
      }
      return { hex: hash.digest("hex"), bytes: position };
    } finally {
      file.close();
    }
  } catch (error) {
    return { error: errorCode(error), offset: position };
  }
}

/** A file that is read from its beginning to its end, past the cache for as long as that goes. */
class OpenFile {
  readonly #fs: StorageFs;
  readonly #path: string;
  #file: number;
  #isDirect: boolean;
  /** A pipe has no places to read at, so a file is read on from where it is, unless it had to be opened again. */
  #hasPlace = false;

  constructor(storageFs: StorageFs, path: string, size: number) {
    this.#fs = storageFs;
    this.#path = path;
    ({ file: this.#file, isDirect: this.#isDirect } = BUFFER.open(storageFs, path, size));
  }

  /** The next bytes into the buffer, how many; `position` is how many there were before. */
  read(position: number): number {
    // What is left after a read that came short does not begin where one past the cache may.
    if (this.#isDirect && position % ALIGNMENT !== 0) this.#openAgain();
    try {
      return BUFFER.read(this.#fs, this.#file, this.#hasPlace ? position : null);
    } catch (error) {
      if (!this.#isDirect || errorCode(error) !== "EINVAL") throw error;
      this.#openAgain();
      return this.read(position);
    }
  }

  close(): void {
    if (this.#file >= 0) this.#fs.closeSync(this.#file);
  }

  #openAgain(): void {
    this.close();
    this.#file = -1;
    this.#file = this.#fs.openSync(this.#path, READ_FLAGS);
    this.#isDirect = false;
    this.#hasPlace = true;
  }
}

/**
 * Hashes a file at once: its hex, or the system's error code. `path` is absolute. Of a file longer than `size` bytes that is
 * a hex that no file has.
 */
export function hashFile(
  storageFs: StorageFs,
  path: string,
  algorithm: Algorithm,
  size: number,
): { readonly hex?: string; readonly error?: string } {
  const steps = hashing(storageFs, path, algorithm, size + 1);
  for (;;) {
    const { done, value } = steps.next();
    if (!done) continue;
    if ("error" in value) return { error: value.error };
    return { hex: value.bytes > size ? "" : value.hex };
  }
}
