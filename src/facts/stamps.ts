// Stamps: 64 bits that stand for a file as it was when it was read, and tables of them. A file whose stamp is in a table is
// the same file, and has not changed since.

/** What a stat says of a file, and what changes whenever the file's content does. */
export interface FileStat {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** Milliseconds since 1970, as exactly as a double holds them: to a quarter of a microsecond. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** What a stamp says that a file held. */
export const StampKind = {
  /** A link: the digest that goes into the stamp. */
  link: 1,
  /** A tag's current link: a digest that is kept beside the stamp. */
  tag: 2,
  /** A manifest that hashed to the digest in the stamp, and that the registry can parse. */
  manifest: 3,
  /** Any content that hashed to the digest in the stamp. */
  content: 4,
} as const;
export type StampKind = (typeof StampKind)[keyof typeof StampKind];

const NO_BYTES = new Uint8Array(0);

/** Makes stamps, each from a stat and a digest. Stamps are compared only with those of the same seed. */
export class Stamper {
  /** The last stamp's halves; never both 0. */
  low = 0;
  high = 0;
  readonly #seed: number;
  readonly #numbers = new Float64Array(5);
  readonly #words = new Int32Array(this.#numbers.buffer);

  /** `seed` is 32 bits, drawn at random, as whoever pushes chooses digests. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Stamps a file that holds the digest whose bytes these are; none where the stamp does not say which one. */
  make(kind: StampKind, stat: FileStat, bytes: Uint8Array = NO_BYTES, offset = 0, size = 0): void {
    const numbers = this.#numbers;
    numbers[0] = stat.dev;
    numbers[1] = stat.ino;
    numbers[2] = stat.size;
    numbers[3] = stat.mtimeMs;
    numbers[4] = stat.ctimeMs;
    let a = this.#seed ^ kind;
    let b = Math.imul(this.#seed, 0x9e3779b1) ^ size;
    for (let word = 0; word < 10; word++) {
      const value = this.#words[word]!;
      a = mix(a, value, 0xcc9e2d51, 15);
      b = mix(b, value ^ a, 0x85ebca77, 17);
    }
    const end = offset + size;
    for (let at = offset; at < end; at += 4) {
      const value = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      a = mix(a, value, 0xcc9e2d51, 15);
      b = mix(b, value ^ a, 0x85ebca77, 17);
    }
    a = scatter(a ^ b);
    b = scatter(b + a);
    this.high = a >>> 0;
    this.low = (a | b) === 0 ? 1 : b >>> 0;
  }
}

function mix(hash: number, value: number, factor: number, turn: number): number {
  let scrambled = Math.imul(value, factor);
  scrambled = Math.imul((scrambled << turn) | (scrambled >>> (32 - turn)), 0x1b873593);
  const mixed = hash ^ scrambled;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function scatter(hash: number): number {
  let scattered = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  scattered = Math.imul(scattered ^ (scattered >>> 13), 0xc2b2ae35);
  return scattered ^ (scattered >>> 16);
}

/** A growing list of stamps. */
export class StampList {
  #words = new Uint32Array(0);
  #length = 0;

  /** How many stamps there are. */
  get length(): number {
    return this.#length / 2;
  }

  push(low: number, high: number): void {
    if (this.#length === this.#words.length) this.#reserve(2);
    this.#words[this.#length++] = low;
    this.#words[this.#length++] = high;
  }

  /** Adds stamps in pairs of low and high, as `finish` gives them. */
  pushAll(pairs: Uint32Array): void {
    this.#reserve(pairs.length);
    this.#words.set(pairs, this.#length);
    this.#length += pairs.length;
  }

  /** The stamps, in pairs of low and high, in an array of exactly their number. Nothing is added after it. */
  finish(): Uint32Array {
    return this.#words.length === this.#length ? this.#words : this.#words.slice(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#words.length) return;
    const grown = new Uint32Array(Math.max(needed, 64, Math.ceil(this.#words.length * 0.75) * 2));
    grown.set(this.#words.subarray(0, this.#length));
    this.#words = grown;
  }
}

/** How full tables are. Looking for what is not there takes some twenty steps through memory that lies together. */
const FILLED = 0.85;

/** A hash table of stamps with open addressing: pairs of low and high, both 0 where a slot is empty. */
export class StampTable {
  readonly #words: Uint32Array;
  /** How many there is room for, which is somewhat more than there are. */
  readonly slots: number;

  constructor(words: Uint32Array) {
    this.#words = words;
    this.slots = words.length / 2;
  }

  /** The slot of a stamp, or -1. */
  find(low: number, high: number): number {
    if (this.slots === 0) return -1;
    for (let slot = slotOf(high, this.slots), looked = 0; looked < this.slots; looked++) {
      const here = this.#words[slot * 2]!;
      const there = this.#words[slot * 2 + 1]!;
      if (here === low && there === high) return slot;
      if ((here | there) === 0) return -1;
      slot = slot + 1 === this.slots ? 0 : slot + 1;
    }
    return -1;
  }
}

/** A table of stamps in pairs of low and high, and what `values` says of each, by slot; of a stamp that is there twice, the last. */
export function tableOf(
  pairs: Uint32Array,
  values = new Uint32Array(0),
): { readonly words: Uint32Array; readonly values: Uint32Array } {
  const slots = Math.ceil(pairs.length / 2 / FILLED) + 1;
  const words = new Uint32Array(slots * 2);
  const valuesBySlot = new Uint32Array(values.length === 0 ? 0 : slots);
  for (let at = 0; at < pairs.length; at += 2) {
    const low = pairs[at]!;
    const high = pairs[at + 1]!;
    let slot = slotOf(high, slots);
    while ((words[slot * 2]! | words[slot * 2 + 1]!) !== 0) {
      if (words[slot * 2] === low && words[slot * 2 + 1] === high) break;
      slot = slot + 1 === slots ? 0 : slot + 1;
    }
    words[slot * 2] = low;
    words[slot * 2 + 1] = high;
    if (values.length > 0) valuesBySlot[slot] = values[at / 2]!;
  }
  return { words, values: valuesBySlot };
}

function slotOf(high: number, slots: number): number {
  return Math.floor((high / 2 ** 32) * slots);
}
