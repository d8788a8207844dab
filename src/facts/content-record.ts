// When the content of each blob of a root was last read and found to match its digest: 16 bytes a blob, in typed arrays
// that are written to a file and loaded from it as they are.
//
// A row is four words of 32 bits:
//   0  the first 32 bits of the digest
//   1  its next 16 bits; one bit, set where the content did not match when it was last read; 15 bits of the change time
//   2  when the content was last found to match, in seconds since 1970; 0 for never
//   3  a mark of the file's size and modification time
// A blob's row is found by 48 bits of its digest and the mark, so two blobs whose digests begin alike, as whoever pushes can
// have it, have a row each; and a file that was written again since has none, which makes it one that was never verified.

/** Words a row. */
const WORDS = 4;
export const BYTES_A_ROW = WORDS * 4;
const CORRUPT = 0x8000;
const CHANGE_BITS = 0x7fff;

/** What is known of one blob's content. */
export interface ContentEvidence {
  /** When its bytes were last found to match its digest, in seconds since 1970; 0 for never. */
  readonly verifiedAt: number;
  /** Whether they did not match when they were last read. */
  readonly isCorrupt: boolean;
  /** As `changeMark` gave it then. */
  readonly change: number;
}

/** 32 bits that tell a file from what was there before it was written again: bytes, and modification in milliseconds since 1970. */
export function fileMark(size: number, modified: number): number {
  // Whole seconds: what is below them differs between versions of Node.js.
  return mix(mix(mix(mix(0x9e3779b9, size), size / 2 ** 32), modified / 1000), modified / 1000 / 2 ** 32) >>> 0;
}

/** 15 bits of a file's change time (milliseconds since 1970), never 0, which stands for a time that is not known. */
export function changeMark(changed: number): number {
  const mark = mix(mix(0x85ebca6b, changed / 1000), changed / 1000 / 2 ** 32) >>> 0;
  return (mark % CHANGE_BITS) + 1;
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ Math.floor(value), 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) ^ (mixed >>> 13);
}

/** The rows of one root, to be looked up by digest. */
export class ContentRecord {
  readonly #words: Uint32Array;
  /** Row numbers, -1 for none; sought from a place that a random seed decides, since whoever pushes chooses digests. */
  readonly #slots: Int32Array;
  readonly #seed = (Math.random() * 0xffffffff) | 1;
  readonly #latest: number;

  /** `words` are rows as `ContentRows` made them. What was verified after `latest` (seconds since 1970) counts as never verified. */
  constructor(words: Uint32Array = new Uint32Array(), latest = Number.POSITIVE_INFINITY) {
    this.#latest = latest;
    this.#words = words.subarray(0, words.length - (words.length % WORDS));
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(this.length * 2 + 2))).fill(-1);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.length; row++) {
      let slot = this.#slotOf(this.#words[row * WORDS]!, this.#words[row * WORDS + 1]! >>> 16);
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row;
    }
  }

  /** How many blobs there are. */
  get length(): number {
    return this.#words.length / WORDS;
  }

  /** As they are written to a file. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** What is known of a blob by the first 64 bits of its digest and the mark of its file; undefined for nothing. */
  find(first: number, second: number, mark: number): ContentEvidence | undefined {
    const row = this.#rowOf(first, second, mark);
    if (row < 0) return undefined;
    const word = this.#words[row * WORDS + 1]!;
    const [verifiedAt, isCorrupt] = [this.#verifiedAt(row * WORDS), (word & CORRUPT) !== 0];
    return verifiedAt === 0 && !isCorrupt ? undefined : { verifiedAt, isCorrupt, change: word & CHANGE_BITS };
  }

  /** The last time that a blob of these 48 bits of digest was found to match, whatever its file was; 0 for never. */
  lastVerified(first: number, second: number): number {
    let last = 0;
    const slots = this.#slots;
    const end = slots.length - 1;
    for (let slot = this.#slotOf(first, second >>> 16); slots[slot]! >= 0; slot = (slot + 1) & end) {
      const at = slots[slot]! * WORDS;
      if (this.#isOf(at, first, second)) last = Math.max(last, this.#verifiedAt(at));
    }
    return last;
  }

  #verifiedAt(at: number): number {
    const time = this.#words[at + 2]!;
    return time > this.#latest ? 0 : time;
  }

  #rowOf(first: number, second: number, mark: number): number {
    const [words, slots] = [this.#words, this.#slots];
    const last = slots.length - 1;
    for (let slot = this.#slotOf(first, second >>> 16); slots[slot]! >= 0; slot = (slot + 1) & last) {
      const at = slots[slot]! * WORDS;
      if (words[at + 3] === mark && this.#isOf(at, first, second)) return slots[slot]!;
    }
    return -1;
  }

  /** Whether the row whose words begin there is of a digest that begins so. */
  #isOf(at: number, first: number, second: number): boolean {
    return this.#words[at] === first && this.#words[at + 1]! >>> 16 === second >>> 16;
  }

  #slotOf(first: number, second: number): number {
    const mixed = Math.imul(first ^ this.#seed, 0x85ebca6b) ^ Math.imul(second ^ (this.#seed >>> 7), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 15)) & (this.#slots.length - 1);
  }
}

/** Collects rows. */
export class ContentRows {
  #words: Uint32Array;
  #used = 0;

  /** Room is made for as many rows as are expected; there may be more. */
  constructor(capacity: number) {
    this.#words = new Uint32Array(Math.max(capacity, 16) * WORDS);
  }

  /** As ContentRecord.find asks for it. */
  push(first: number, second: number, mark: number, { verifiedAt, isCorrupt, change }: ContentEvidence): void {
    const word = (second & 0xffff0000) | (isCorrupt ? CORRUPT : 0) | (change & CHANGE_BITS);
    this.#append(first, word, verifiedAt, mark);
  }

  /** Adds the rows of a record that are of none of these blobs, or of other files. */
  addMissing(before: ContentRecord): void {
    const known = new ContentRecord(this.finish());
    const { words } = before;
    for (let at = 0; at < words.length; at += WORDS) {
      if (known.find(words[at]!, words[at + 1]!, words[at + 3]!) !== undefined) continue;
      this.#append(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    }
  }

  /** The rows, as ContentRecord takes them. */
  finish(): Uint32Array {
    return this.#words.subarray(0, this.#used);
  }

  #append(...row: readonly [number, number, number, number]): void {
    if (this.#used === this.#words.length) {
      const grown = new Uint32Array(this.#used * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words.set(row, this.#used);
    this.#used += WORDS;
  }
}
