// Hashes small blobs whole: the configs of images, which are so small that every scan can afford it.
import { Bytes } from "../facts/columns.ts";
import { type ContentFacts, DiskState } from "../facts/facts.ts";
import { hashHex } from "../facts/hash.ts";
import { DigestCursor, DigestWriter, type PackedDigests, unpackDigests } from "../facts/packed-digests.ts";
import { parseDigest } from "../layout/digest.ts";
import { dataOf } from "../layout/paths.ts";
import type { FileMemory } from "./file-memory.ts";
import { errorCode, READ_FLAGS, type StorageFs, stateOfError } from "./fs/storage-fs.ts";

/** The largest blob that is hashed so, in bytes. Configs are some kilobytes; a few, of build caches, more. */
export const MOST_CONTENT = 1 << 20;

const BUFFER = Buffer.allocUnsafeSlow(MOST_CONTENT + 1);

/** Hashes each of `digests` (real digests, no text); `sizes` are the bytes of each, MOST_CONTENT at most. One read a blob. */
export function readContents(
  storageFs: StorageFs,
  root: string,
  digests: PackedDigests,
  sizes: Float64Array,
  memory?: FileMemory,
): ContentFacts {
  const states = new Bytes(sizes.length);
  const corrupt = new Bytes(sizes.length);
  const actualDigests = new DigestWriter(0);
  const errors = new Map<number, string>();
  const packed = new DigestCursor(digests);
  for (const [row, digest] of unpackDigests(digests).entries()) {
    packed.next();
    const parsed = parseDigest(digest!)!;
    try {
      const content = readFile(storageFs, `${root}/${dataOf(parsed)}`, sizes[row]!, memory);
      const hex = hashHex(parsed.algorithm, content);
      states.push(DiskState.ok);
      corrupt.push(hex === parsed.hex ? 0 : 1);
      if (hex !== parsed.hex) actualDigests.pushHex(parsed.algorithm, hex);
      else memory?.keepContent(packed);
    } catch (error) {
      const code = errorCode(error);
      const isGone = stateOfError(code) === DiskState.absent;
      states.push(isGone ? DiskState.absent : DiskState.unreadable);
      corrupt.push(0);
      if (!isGone) errors.set(row, code);
    }
  }
  return { states: states.finish(), corrupt: corrupt.finish(), actualDigests: actualDigests.finish(), errors };
}

/** The file's bytes, into a buffer that the next call uses again; of a file that has grown meanwhile the first ones. */
function readFile(storageFs: StorageFs, path: string, size: number, memory: FileMemory | undefined): Buffer {
  const file = storageFs.openSync(path, READ_FLAGS);
  try {
    memory?.opens(file, "configs");
    for (let length = 0; ; ) {
      const more = storageFs.readSync(file, BUFFER, length, BUFFER.length - length, null);
      length += more;
      // There was room for more than this, and no more came.
      if (more === 0 || length === size || length === BUFFER.length) return BUFFER.subarray(0, length);
    }
  } finally {
    storageFs.closeSync(file);
  }
}
