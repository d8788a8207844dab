// What the last complete run read of a root, as one piece of memory that all threads look into and none copies: stamps of
// links, tags, manifests and hashed blobs, the digests that tags and manifests name, and parsed manifests.
import { DigestCursor, type DigestItem, type PackedDigests, SHA256, TEXT } from "./packed-digests.ts";
import { StampTable } from "./stamps.ts";

/** The parts of an index, in their order in the file. Numbers are little-endian and 32 bits long, but for plain bytes. */
export const INDEX_PARTS = [
  // Stamps of links, and of blobs that were hashed.
  "places",
  // Stamps of tags, and by slot the number of the digest that each names.
  "tags",
  "tagTargets",
  // Stamps of manifests, and by slot where the record of each begins; the records, as RecordWriter writes them.
  "manifests",
  "manifestRecords",
  "records",
  // The digests of sha256 by number, and the usual size of each where a manifest names it.
  "digests",
  "sizes",
  // Other digests, and texts that stood for digests, as PackedDigests; their numbers begin at OTHER_DIGESTS.
  "otherCodes",
  "otherBytes",
  "otherSizes",
] as const;
export type IndexPart = (typeof INDEX_PARTS)[number];

/** Where digests begin that are not of sha256. */
export const OTHER_DIGESTS = 2 ** 31;
/** In place of a usual size: none, or too large for 32 bits. */
export const NO_USUAL_SIZE = 2 ** 32 - 1;

const SHA256_SIZE = 32;

/** Where in the file, and the buffer that holds it, a part lies: at a multiple of eight. */
export interface PartPlace {
  readonly offset: number;
  readonly bytes: number;
}

/** As it crosses to a thread. */
export interface RootIndexData {
  readonly buffer: SharedArrayBuffer;
  readonly parts: Readonly<Record<IndexPart, PartPlace>>;
  /** Of the stamps. */
  readonly seed: number;
  readonly platforms: readonly string[];
}

/** Looks things up in an index. */
export class RootIndex {
  readonly seed: number;
  readonly platforms: readonly string[];
  readonly places: StampTable;
  readonly tags: StampTable;
  readonly manifests: StampTable;
  readonly records: Uint8Array;
  readonly #tagTargets: Uint32Array;
  readonly #manifestRecords: Uint32Array;
  readonly #digests: Uint8Array;
  readonly #sizes: Uint32Array;
  readonly #otherDigests: PackedDigests;
  readonly #otherSizes: Uint32Array;
  #others: readonly DigestItem[] | undefined;

  constructor({ buffer, parts, seed, platforms }: RootIndexData) {
    const bytes = (part: IndexPart) => new Uint8Array(buffer, parts[part].offset, parts[part].bytes);
    const numbers = (part: IndexPart) => new Uint32Array(buffer, parts[part].offset, parts[part].bytes / 4);
    this.seed = seed;
    this.platforms = platforms;
    this.places = new StampTable(numbers("places"));
    this.tags = new StampTable(numbers("tags"));
    this.manifests = new StampTable(numbers("manifests"));
    this.records = bytes("records");
    this.#tagTargets = numbers("tagTargets");
    this.#manifestRecords = numbers("manifestRecords");
    this.#digests = bytes("digests");
    this.#sizes = numbers("sizes");
    this.#otherDigests = { codes: bytes("otherCodes"), bytes: bytes("otherBytes") };
    this.#otherSizes = numbers("otherSizes");
  }

  /** How many digests of sha256 there are. */
  get digestCount(): number {
    return this.#sizes.length;
  }

  /** The number of a digest, or -1. Linear in how many there are. */
  numberOf(digest: DigestItem): number {
    const wanted = bytesOf(digest);
    if (digest.code !== SHA256) {
      const number = this.#otherItems().findIndex(
        (other) => other.code === digest.code && bytesOf(other).equals(wanted),
      );
      return number < 0 ? -1 : OTHER_DIGESTS + number;
    }
    const all = Buffer.from(this.#digests.buffer, this.#digests.byteOffset, this.#digests.byteLength);
    for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) {
      if (at % SHA256_SIZE === 0) return at / SHA256_SIZE;
    }
    return -1;
  }

  /** The digests of sha256 whose hex begins so, as hex. `beginning` is four digits at least. */
  *hexBeginning(beginning: string): Generator<string> {
    const [first, second] = [beginning.slice(0, 2), beginning.slice(2, 4)].map((hex) => Number.parseInt(hex, 16));
    for (let at = 0; at < this.#digests.length; at += SHA256_SIZE) {
      if (this.#digests[at] !== first || this.#digests[at + 1] !== second) continue;
      const hex = Buffer.from(this.#digests.slice(at, at + SHA256_SIZE)).toString("hex");
      if (hex.startsWith(beginning)) yield hex;
    }
  }

  /** The number of the digest that the tag in this slot names. */
  tagTarget(slot: number): number {
    return this.#tagTargets[slot]!;
  }

  /** Where the record begins of the manifest in this slot. */
  manifestRecord(slot: number): number {
    return this.#manifestRecords[slot]!;
  }

  digest(number: number): DigestItem {
    if (number < OTHER_DIGESTS) {
      return { code: SHA256, bytes: this.#digests, offset: number * SHA256_SIZE, size: SHA256_SIZE };
    }
    return this.#otherItems()[number - OTHER_DIGESTS]!;
  }

  /** The size that manifests give the digest, in bytes, where they do not say otherwise. */
  usualSize(number: number): number {
    return (number < OTHER_DIGESTS ? this.#sizes[number] : this.#otherSizes[number - OTHER_DIGESTS])!;
  }

  #otherItems(): readonly DigestItem[] {
    this.#others ??= [...items(this.#otherDigests)];
    return this.#others;
  }
}

function bytesOf({ bytes, offset, size }: DigestItem): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, size);
}

function* items(list: PackedDigests): Generator<DigestItem> {
  const cursor = new DigestCursor(list);
  // TextDecoder takes no shared memory.
  const own = new Uint8Array(list.bytes);
  while (cursor.next()) {
    const { code, offset, size } = cursor;
    yield code === TEXT ? { code, bytes: own, offset, size } : { code, bytes: list.bytes, offset, size };
  }
}
