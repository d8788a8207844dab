// A list of digests as bytes: what crosses from a worker thread to the graph, with no object and no string a digest.
// A manifest may name things that are no digests; those are kept as text, since garbage collection marks them all the same.

import { ALGORITHMS, type Algorithm } from "../layout/digest.ts";
import { exactly } from "./columns.ts";

/** The code of a list item: 0 none, 1-3 a digest of `ALGORITHMS[code - 1]`, 4 text that is not a digest. */
export const NO_DIGEST = 0;
export const SHA256 = 1;
export const TEXT = 4;

/** Bytes of a digest by code. Text has a length of its own, four bytes before it, little-endian. */
const DIGEST_SIZES = [0, 32, 48, 64] as const;

/** `codes[i]` tells what item i is; the items' bytes follow one another in `bytes`. */
export interface PackedDigests {
  readonly codes: Uint8Array;
  readonly bytes: Uint8Array;
}

/** One digest among packed bytes. */
export interface DigestItem {
  readonly code: number;
  readonly bytes: Uint8Array;
  /** Where the item's bytes begin in `bytes`, and how many there are. */
  readonly offset: number;
  readonly size: number;
}

const HEX_VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 16; value++) HEX_VALUES[value.toString(16).charCodeAt(0)] = value;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The code of an algorithm's digests. */
function algorithmCode(algorithm: Algorithm): number {
  return ALGORITHMS.indexOf(algorithm) + 1;
}

/** Which kind of digest `text` is from its prefix and length alone: 1-3, or TEXT. Its hex is still to be checked. */
function codeOf(text: string): number {
  if (text.length === 71 && text.startsWith("sha256:")) return 1;
  if (text.length === 103 && text.startsWith("sha384:")) return 2;
  if (text.length === 135 && text.startsWith("sha512:")) return 3;
  return TEXT;
}

function decodeHex(text: string, from: number, bytes: Uint8Array, at: number, size: number): boolean {
  let position = from;
  for (let i = 0; i < size; i++) {
    const high = HEX_VALUES[text.charCodeAt(position++)] ?? -1;
    const low = HEX_VALUES[text.charCodeAt(position++)] ?? -1;
    if (high < 0 || low < 0) return false;
    bytes[at + i] = (high << 4) | low;
  }
  return true;
}

/** Collects digests; has room for so many of sha256, and grows as needed. */
export class DigestWriter {
  #codes: Uint8Array;
  #bytes: Uint8Array;
  #length = 0;
  #size = 0;

  constructor(capacity = 16) {
    this.#codes = new Uint8Array(capacity);
    this.#bytes = new Uint8Array(capacity * 32);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes of all items so far, and where those of the last one end. To be asked again after each item. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get end(): number {
    return this.#size;
  }

  /** Adds `sha256:<hex>`, or any other text as it is. */
  push(text: string): void {
    if (!this.pushDigest(text)) this.#pushText(text);
  }

  /** Adds `sha256:<hex>`; false (and nothing added) when the text is not a digest. */
  pushDigest(text: string): boolean {
    const code = codeOf(text);
    return code !== TEXT && this.#pushHex(code, text, 7);
  }

  /** Adds a digest from its hex; false (and nothing added) when it is not lower-case hex of the right length. */
  pushHex(algorithm: Algorithm, hex: string): boolean {
    const code = algorithmCode(algorithm);
    return hex.length === DIGEST_SIZES[code as 1 | 2 | 3] * 2 && this.#pushHex(code, hex, 0);
  }

  pushNone(): void {
    this.#pushCode(NO_DIGEST);
  }

  /** Adds item bytes as another list holds them. */
  pushBytes(code: number, bytes: Uint8Array): void {
    if (code === TEXT) {
      this.#pushText(decoder.decode(bytes));
      return;
    }
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
    this.#pushCode(code);
  }

  /** Adds an item of another list, or none. */
  pushItem({ code, bytes, offset, size }: DigestItem): void {
    if (code === NO_DIGEST) this.pushNone();
    else this.pushBytes(code, bytes.subarray(offset, offset + size));
  }

  /** The list; its arrays are of their own size, so that they can be transferred. Nothing is added after it. */
  finish(): PackedDigests {
    return { codes: exactly(this.#codes, this.#length), bytes: exactly(this.#bytes, this.#size) };
  }

  #pushHex(code: number, text: string, from: number): boolean {
    const size = DIGEST_SIZES[code as 1 | 2 | 3];
    this.#reserve(size);
    if (!decodeHex(text, from, this.#bytes, this.#size, size)) return false;
    this.#size += size;
    this.#pushCode(code);
    return true;
  }

  #pushText(text: string): void {
    const bytes = encoder.encode(text);
    this.#reserve(bytes.length + 4);
    new DataView(this.#bytes.buffer).setUint32(this.#size, bytes.length, true);
    this.#bytes.set(bytes, this.#size + 4);
    this.#size += bytes.length + 4;
    this.#pushCode(TEXT);
  }

  #pushCode(code: number): void {
    if (this.#length === this.#codes.length) {
      const grown = new Uint8Array(Math.max(16, this.#length * 2));
      grown.set(this.#codes);
      this.#codes = grown;
    }
    this.#codes[this.#length++] = code;
  }

  #reserve(more: number): void {
    const needed = this.#size + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}

/** Walks a list in order. Before the first `next()` there is no item. */
export class DigestCursor implements DigestItem {
  readonly #list: PackedDigests;
  #index = -1;
  #next = 0;
  /** The item's code. */
  code = NO_DIGEST;
  /** Where the item's bytes begin in the list's `bytes`, and how many there are. */
  offset = 0;
  size = 0;

  constructor(list: PackedDigests) {
    this.#list = list;
  }

  get bytes(): Uint8Array {
    return this.#list.bytes;
  }

  next(): boolean {
    if (++this.#index >= this.#list.codes.length) return false;
    this.code = this.#list.codes[this.#index]!;
    this.offset = this.#next;
    if (this.code === TEXT) {
      const { buffer, byteOffset } = this.#list.bytes;
      this.size = new DataView(buffer, byteOffset).getUint32(this.#next, true);
      this.offset += 4;
    } else this.size = DIGEST_SIZES[this.code as 0 | 1 | 2 | 3];
    this.#next = this.offset + this.size;
    return true;
  }
}

/** The list as texts, `undefined` for none: for messages and tests, not for the hot loop. */
export function unpackDigests(list: PackedDigests): (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  const cursor = new DigestCursor(list);
  while (cursor.next()) texts.push(digestText(cursor.code, cursor.bytes, cursor.offset, cursor.size));
  return texts;
}

/** A list from texts. */
export function packDigests(texts: Iterable<string>): PackedDigests {
  const writer = new DigestWriter();
  for (const text of texts) writer.push(text);
  return writer.finish();
}

/** The text of packed bytes; undefined for none. */
export function digestText(code: number, bytes: Uint8Array, offset: number, size: number): string | undefined {
  if (code === NO_DIGEST) return undefined;
  if (code === TEXT) return decoder.decode(bytes.subarray(offset, offset + size));
  return `${ALGORITHMS[code - 1]}:${Buffer.from(bytes.buffer, bytes.byteOffset + offset, size).toString("hex")}`;
}
