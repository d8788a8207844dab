// Reads a file that is not part of the layout, as text: whole, through the file system that a command was given.
import { READ_FLAGS, type StorageFs } from "./storage-fs.ts";

/** The content of the file at `path` (absolute), of which no more than `most` bytes are read. Throws the system's error. */
export function readText(storageFs: StorageFs, path: string, most: number): string {
  const file = storageFs.openSync(path, READ_FLAGS);
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; total < most; ) {
      const chunk = Buffer.allocUnsafe(1 << 16);
      const length = storageFs.readSync(file, chunk, 0, chunk.length, null);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      total += length;
    }
    return Buffer.concat(chunks).toString();
  } finally {
    storageFs.closeSync(file);
  }
}
