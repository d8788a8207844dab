// An index in the memory that threads share, without the file.
import type { IndexPart, RootIndexData } from "../../src/facts/root-index.ts";
import type { NextIndex } from "../../src/graph/next-index.ts";

/** What the next run would find; nothing is added to `next` after it. */
export function inSharedMemory(next: NextIndex, seed: number): RootIndexData {
  const { parts, platforms } = next.finish();
  const places = {} as Record<IndexPart, { offset: number; bytes: number }>;
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { bytes, chunks }] of Object.entries(parts)) {
    places[name as IndexPart] = { offset, bytes };
    const padded = Buffer.alloc(Math.ceil(bytes / 8) * 8);
    Buffer.concat([...chunks]).copy(padded);
    pieces.push(padded);
    offset += padded.length;
  }
  const buffer = new SharedArrayBuffer(offset);
  Buffer.concat(pieces).copy(Buffer.from(buffer));
  return { buffer, parts: places, seed, platforms };
}
