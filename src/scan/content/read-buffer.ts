// The buffer that content is read into, and how large files are opened: past the page cache, where the system permits it, so
// that what is hashed is what the disk holds, and what is cached for others stays cached.
import { constants } from "node:fs";
import { errorCode, READ_FLAGS, type StorageFs } from "../fs/storage-fs.ts";

/** Bytes read at a time (docs/performance.md has what other sizes gave). */
const READ_BYTES = 1 << 20;
/** Smaller files are read as any other: one call past the cache costs as much as all of it. */
const LEAST_DIRECT = 4 * READ_BYTES;
/** A read past the cache begins at a multiple of this, in memory and in the file, on whatever disk; many do with less. */
export const ALIGNMENT = 4096;
/** Only Linux has it. */
const O_DIRECT = (constants as { readonly O_DIRECT?: number }).O_DIRECT ?? 0;

export class ReadBuffer {
  readonly #bytes = Buffer.allocUnsafeSlow(READ_BYTES + ALIGNMENT);
  /** Where in it a read past the cache may begin; undefined while that is not known, -1 where there is no such place. */
  #offset: number | undefined = O_DIRECT === 0 ? -1 : undefined;

  /** What the last read gave; the next read writes over it. */
  bytes(length: number): Buffer {
    const start = Math.max(this.#offset ?? 0, 0);
    return this.#bytes.subarray(start, start + length);
  }

  /** Opens a file that is `size` bytes long, past the cache where that is worth it and goes. Throws the system's error. */
  open(storageFs: StorageFs, path: string, size: number): { readonly file: number; readonly isDirect: boolean } {
    if (size >= LEAST_DIRECT && this.#offset !== -1) {
      const file = this.#openDirect(storageFs, path);
      if (file !== undefined) return { file, isDirect: true };
    }
    return { file: storageFs.openSync(path, READ_FLAGS), isDirect: false };
  }

  /**
   * Reads up to READ_BYTES of an open file at a place, or (null) on from where it is: how many came, 0 at its end. Throws the
   * system's error.
   */
  read(storageFs: StorageFs, file: number, position: number | null): number {
    return storageFs.readSync(file, this.#bytes, Math.max(this.#offset ?? 0, 0), READ_BYTES, position);
  }

  #openDirect(storageFs: StorageFs, path: string): number | undefined {
    let file: number;
    try {
      file = storageFs.openSync(path, READ_FLAGS | O_DIRECT);
    } catch (error) {
      // What is wrong with the path itself shows when it is opened as usual.
      if (errorCode(error) === "EINVAL") this.#offset = -1;
      return undefined;
    }
    if (this.#offset === undefined) this.#offset = this.#findOffset(storageFs, file);
    if (this.#offset !== -1) return file;
    storageFs.closeSync(file);
    return undefined;
  }

  /** Nothing tells where in memory a buffer is but that the system takes it, for a read of full length. */
  #findOffset(storageFs: StorageFs, file: number): number {
    for (let offset = 0; offset < ALIGNMENT; offset += 8) {
      try {
        storageFs.readSync(file, this.#bytes, offset, READ_BYTES, 0);
        return offset;
      } catch (error) {
        if (errorCode(error) !== "EINVAL") return 0;
      }
    }
    return -1;
  }
}
