// Every digest of a root once, as bytes, with a number: what all edges and links of the graph are made of.

import { type DigestItem, DigestWriter, digestText, NO_DIGEST, TEXT } from "../facts/packed-digests.ts";
import { ALGORITHMS, type Algorithm } from "../layout/digest.ts";

/** Digests start at multiples of this many bytes, so that 32-bit offsets reach 64 GiB. */
const UNIT = 16;

/**
 * The bytes lie in chunks of 64 MiB, since Node 20 has no array of more than 4 GiB, which 134,000,000 digests of sha256 would fill; and
 * so that none of them is ever copied again. No digest lies across two.
 */
const CHUNK_UNITS = 2 ** 22;
const CHUNK_SHIFT = 22;
const CHUNK_MASK = CHUNK_UNITS - 1;

/** The most slots that an array holds: beyond 268,000,000 digests they fill up instead of becoming more, to 537,000,000. */
const MOST_SLOTS = 2 ** 30;

/**
 * A hash table from digest to number (0, 1, 2, ... in order of arrival), without strings. Hashing is seeded
 * at random, since whoever pushes manifests chooses what they name.
 */
export class DigestTable {
  #codes: Uint8Array;
  #offsets: Uint32Array;
  #lengths = new Map<number, number>();
  /** All but the last one are full; the first grows to its size. */
  readonly #chunks: Uint8Array[];
  /** In units. */
  #used = 0;
  /** In pairs: a digest's number (-1 for none), and its hash, so that only what is alike need be looked up. */
  #slots: Int32Array;
  #length = 0;
  /** What was asked for last, as a finding's name, path and words ask for the same. */
  #lastId: number | undefined;
  #lastText = "";
  readonly #seed = (Math.random() * 0xffffffff) | 1;

  /** Room is made for so many digests of sha256; there may be more. */
  constructor(expected = 1024) {
    const capacity = Math.max(1024, Math.min(expected, (CHUNK_UNITS * UNIT) / 32));
    this.#codes = new Uint8Array(capacity);
    this.#offsets = new Uint32Array(capacity);
    this.#chunks = [new Uint8Array(capacity * 32)];
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2)) * 2).fill(-1);
  }

  get length(): number {
    return this.#length;
  }

  /** The number of a digest, as a cursor shows it, new or known; -1 for none. */
  add(item: DigestItem): number {
    return this.#place(item.code, item.bytes, item.offset, item.size, true);
  }

  /** The number of a digest's (or any) text, new or known. */
  addText(text: string): number {
    return this.#placeText(text, true);
  }

  /** The number of a text, or -1 where it is not in the table. */
  find(text: string): number {
    return this.#placeText(text, false);
  }

  /** The number of the digest under the cursor, or -1 where it is not in the table. */
  findAt(cursor: DigestItem): number {
    return this.#place(cursor.code, cursor.bytes, cursor.offset, cursor.size, false);
  }

  /** Whether the digest under the cursor is the one with this number; none has the number -1. */
  isAt({ code, bytes, offset, size }: DigestItem, id: number): boolean {
    return id < 0 ? code === NO_DIGEST : this.#equals(id, code, bytes, offset, size);
  }

  /** `sha256:<hex>`, or the text that stood where a digest should. */
  text(id: number): string {
    if (id === this.#lastId) return this.#lastText;
    const { code, bytes, offset, size } = this.#entry(id);
    this.#lastText = digestText(code, bytes, offset, size) as string;
    this.#lastId = id;
    return this.#lastText;
  }

  /** Whether this is a digest that can be asked for, not other text. */
  isDigest(id: number): boolean {
    return this.#codes[id] !== TEXT;
  }

  /** The digest's algorithm; undefined for text. */
  algorithm(id: number): Algorithm | undefined {
    return ALGORITHMS[this.#codes[id]! - 1];
  }

  /** 32 bits of the digest's bytes, the first of them for `index` 0. */
  word(id: number, index: number): number {
    const start = this.#offsets[id]!;
    const bytes = this.#chunks[start >>> CHUNK_SHIFT]!;
    const at = (start & CHUNK_MASK) * UNIT + index * 4;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  /** Adds the digest to a list, to be read in a worker thread. */
  copyTo(writer: DigestWriter, id: number): void {
    writer.pushItem(this.#entry(id));
  }

  /** Order of the texts, without making them: algorithm first, then bytes; text that is not a digest last. */
  compare(a: number, b: number): number {
    const left = this.#entry(a);
    const right = this.#entry(b);
    if (left.code !== right.code) return left.code - right.code;
    const size = Math.min(left.size, right.size);
    for (let i = 0; i < size; i++) {
      const difference = left.bytes[left.offset + i]! - right.bytes[right.offset + i]!;
      if (difference !== 0) return difference;
    }
    return left.size - right.size;
  }

  #entry(id: number): { code: number; bytes: Uint8Array; offset: number; size: number } {
    const code = this.#codes[id]!;
    const size = code === TEXT ? this.#lengths.get(id)! : code * 16 + 16;
    const start = this.#offsets[id]!;
    return { code, bytes: this.#chunks[start >>> CHUNK_SHIFT]!, offset: (start & CHUNK_MASK) * UNIT, size };
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
    if (this.#length * 4 > slots.length && slots.length < MOST_SLOTS) this.#rehash();
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
    const at = this.#offsets[id]!;
    const own = this.#chunks[at >>> CHUNK_SHIFT]!;
    const start = (at & CHUNK_MASK) * UNIT;
    for (let i = 0; i < size; i++) if (own[start + i] !== bytes[offset + i]) return false;
    return true;
  }

  #append(code: number, bytes: Uint8Array, offset: number, size: number): number {
    const id = this.#length++;
    if (id === this.#codes.length) {
      this.#codes = grow(this.#codes, id * 2);
      this.#offsets = grow(this.#offsets, id * 2);
    }
    const units = Math.ceil(size / UNIT);
    const own = this.#room(units);
    const start = (this.#used & CHUNK_MASK) * UNIT;
    this.#codes[id] = code;
    this.#offsets[id] = this.#used;
    if (code === TEXT) this.#lengths.set(id, size);
    for (let i = 0; i < size; i++) own[start + i] = bytes[offset + i]!;
    this.#used += units;
    return id;
  }

  /** The chunk that holds so many units more from `#used` on, which is moved to the next one where this one is full. */
  #room(units: number): Uint8Array {
    if ((this.#used & CHUNK_MASK) + units > CHUNK_UNITS) this.#used = ((this.#used + CHUNK_MASK) & ~CHUNK_MASK) >>> 0;
    const index = this.#used >>> CHUNK_SHIFT;
    const needed = ((this.#used & CHUNK_MASK) + units) * UNIT;
    const last = this.#chunks[index];
    if (last !== undefined && needed <= last.length) return last;
    // One that is begun later than the first will be filled; what is not used of it takes no memory.
    const length = Math.min(Math.max(needed, Math.ceil((last?.length ?? 0) * 1.5)), CHUNK_UNITS * UNIT);
    const grown = last === undefined ? new Uint8Array(CHUNK_UNITS * UNIT) : grow(last, length);
    this.#chunks[index] = grown;
    return grown;
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
