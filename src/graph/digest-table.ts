// Every digest of a root once, as bytes, with a number: what all edges and links of the graph are made of.

import { type DigestCursor, DigestWriter, digestText, NO_DIGEST, TEXT } from "../facts/packed-digests.ts";
import { ALGORITHMS, type Algorithm } from "../layout/digest.ts";

/** Digests start at multiples of this many bytes, so that 32-bit offsets reach 64 GiB. */
const UNIT = 16;

/** What an array holds at most in Node 20: 134,000,000 digests of sha256. */
const MOST_BYTES = 2 ** 32;

/**
 * A hash table from digest to number (0, 1, 2, ... in order of arrival), without strings. Hashing is seeded
 * at random, since whoever pushes manifests chooses what they name.
 */
export class DigestTable {
  #codes = new Uint8Array(1024);
  #offsets = new Uint32Array(1024);
  #lengths = new Map<number, number>();
  #bytes = new Uint8Array(1024 * 32);
  #used = 0;
  /** In pairs: a digest's number (-1 for none), and its hash, so that only what is alike need be looked up. */
  #slots = new Int32Array(2 * 4096).fill(-1);
  #length = 0;
  readonly #seed = (Math.random() * 0xffffffff) | 1;

  get length(): number {
    return this.#length;
  }

  /** The number of the digest under the cursor, new or known; -1 for none. */
  add(cursor: DigestCursor): number {
    return this.#place(cursor.code, cursor.bytes, cursor.offset, cursor.size, true);
  }

  /** The number of a digest's (or any) text, new or known. */
  addText(text: string): number {
    return this.#placeText(text, true);
  }

  /** The number of a text, or -1 where it is not in the table. */
  find(text: string): number {
    return this.#placeText(text, false);
  }

  /** `sha256:<hex>`, or the text that stood where a digest should. */
  text(id: number): string {
    const { code, offset, size } = this.#entry(id);
    return digestText(code, this.#bytes, offset, size) as string;
  }

  /** Whether this is a digest that can be asked for, not other text. */
  isDigest(id: number): boolean {
    return this.#codes[id] !== TEXT;
  }

  /** The digest's algorithm; undefined for text. */
  algorithm(id: number): Algorithm | undefined {
    return ALGORITHMS[this.#codes[id]! - 1];
  }

  /** Adds the digest to a list, to be read in a worker thread. */
  copyTo(writer: DigestWriter, id: number): void {
    const { code, offset, size } = this.#entry(id);
    writer.pushBytes(code, this.#bytes.subarray(offset, offset + size));
  }

  /** Order of the texts, without making them: algorithm first, then bytes; text that is not a digest last. */
  compare(a: number, b: number): number {
    const left = this.#entry(a);
    const right = this.#entry(b);
    if (left.code !== right.code) return left.code - right.code;
    const size = Math.min(left.size, right.size);
    for (let i = 0; i < size; i++) {
      const difference = this.#bytes[left.offset + i]! - this.#bytes[right.offset + i]!;
      if (difference !== 0) return difference;
    }
    return left.size - right.size;
  }

  #entry(id: number): { code: number; offset: number; size: number } {
    const code = this.#codes[id]!;
    const size = code === TEXT ? this.#lengths.get(id)! : code * 16 + 16;
    return { code, offset: this.#offsets[id]! * UNIT, size };
  }

  #placeText(text: string, add: boolean): number {
    const writer = new DigestWriter(1);
    writer.push(text);
    const { codes, bytes } = writer.finish();
    const skip = codes[0] === TEXT ? 4 : 0;
    return this.#place(codes[0]!, bytes, skip, bytes.length - skip, add);
  }

  #place(code: number, bytes: Uint8Array, offset: number, size: number, add: boolean): number {
    if (code === NO_DIGEST) return -1;
    const hash = this.#hash(bytes, offset, size);
    const slots = this.#slots;
    const mask = slots.length - 2;
    let slot = (hash << 1) & mask;
    for (let id = slots[slot]!; id >= 0; id = slots[slot]!) {
      if (slots[slot + 1] === hash && this.#equals(id, code, bytes, offset, size)) return id;
      slot = (slot + 2) & mask;
    }
    if (!add) return -1;
    const id = this.#append(code, bytes, offset, size);
    slots[slot] = id;
    slots[slot + 1] = hash;
    if (this.#length * 4 > slots.length) this.#rehash();
    return id;
  }

  #hash(bytes: Uint8Array, offset: number, size: number): number {
    let hash = this.#seed ^ size;
    const end = offset + size;
    let i = offset;
    for (; i + 4 <= end; i += 4) {
      const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      hash = Math.imul(hash ^ word, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  #equals(id: number, code: number, bytes: Uint8Array, offset: number, size: number): boolean {
    if (this.#codes[id] !== code) return false;
    if (code === TEXT && this.#lengths.get(id) !== size) return false;
    const start = this.#offsets[id]! * UNIT;
    for (let i = 0; i < size; i++) if (this.#bytes[start + i] !== bytes[offset + i]) return false;
    return true;
  }

  #append(code: number, bytes: Uint8Array, offset: number, size: number): number {
    const id = this.#length++;
    if (id === this.#codes.length) {
      this.#codes = grow(this.#codes, id * 2);
      this.#offsets = grow(this.#offsets, id * 2);
    }
    if (this.#used + size > this.#bytes.length) {
      this.#bytes = grow(this.#bytes, Math.max(this.#used + size, Math.min(this.#bytes.length * 1.5, MOST_BYTES)));
    }
    this.#codes[id] = code;
    this.#offsets[id] = this.#used / UNIT;
    if (code === TEXT) this.#lengths.set(id, size);
    for (let i = 0; i < size; i++) this.#bytes[this.#used + i] = bytes[offset + i]!;
    this.#used += Math.ceil(size / UNIT) * UNIT;
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 2;
    for (let from = 0; from < this.#slots.length; from += 2) {
      const id = this.#slots[from]!;
      if (id < 0) continue;
      const hash = this.#slots[from + 1]!;
      let slot = (hash << 1) & mask;
      while (slots[slot]! >= 0) slot = (slot + 2) & mask;
      slots[slot] = id;
      slots[slot + 1] = hash;
    }
    this.#slots = slots;
  }
}

function grow<T extends Uint8Array | Uint32Array>(array: T, length: number): T {
  const grown = new (array.constructor as new (length: number) => T)(length);
  grown.set(array);
  return grown;
}
