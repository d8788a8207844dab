// The index that the next run finds: what the pieces of work remembered, and the manifests as the graph has them.
import { Integers } from "../facts/columns.ts";
import { ManifestState } from "../facts/facts.ts";
import { MOST_PLATFORMS, RecordWriter } from "../facts/manifest-records.ts";
import { type FileCounts, type MemoryFacts, REMEMBERED, type Remembered } from "../facts/memory.ts";
import { DigestCursor, DigestWriter } from "../facts/packed-digests.ts";
import { INDEX_PARTS, type IndexPart, NO_USUAL_SIZE, OTHER_DIGESTS, type RootIndexData } from "../facts/root-index.ts";
import { StampList, tableOf } from "../facts/stamps.ts";
import type { DigestTable } from "./digest-table.ts";
import type { RootGraph } from "./root-graph.ts";

/** The parts of an index, by name; of the digests, that are many bytes, a piece at a time. */
export interface IndexParts {
  readonly parts: Readonly<Record<IndexPart, { readonly bytes: number; readonly chunks: Iterable<Uint8Array> }>>;
  readonly platforms: readonly string[];
}

/** Low and high. */
const NO_FILE = [1, 0] as const;

export class NextIndex {
  readonly #graph: RootGraph;
  readonly #places = new StampList();
  readonly #tags = new StampList();
  readonly #tagTargets = new Integers(0);
  readonly #manifests = new StampList();
  readonly #manifestDigests = new Integers(0);
  /** By the upper half of a stamp that is not to be handed on: the lower ones. */
  readonly #forgotten = new Map<number, Set<number>>();
  readonly #taken: Record<Remembered, number> = { links: 0, manifests: 0, configs: 0 };
  readonly #read: Record<Remembered, number> = { links: 0, manifests: 0, configs: 0 };

  constructor(graph: RootGraph) {
    this.#graph = graph;
  }

  /** Files that were taken as the last index had them, and that were opened. */
  get taken(): FileCounts {
    return this.#taken;
  }

  get read(): FileCounts {
    return this.#read;
  }

  add(facts: MemoryFacts): void {
    for (const kind of REMEMBERED) {
      this.#taken[kind] += facts.taken[kind];
      this.#read[kind] += facts.read[kind];
    }
    this.#places.pushAll(facts.places);
    this.#tags.pushAll(facts.tags);
    this.#manifests.pushAll(facts.manifests);
    const { digests } = this.#graph;
    const targets = new DigestCursor(facts.tagTargets);
    while (targets.next()) this.#tagTargets.push(digests.add(targets));
    const manifests = new DigestCursor(facts.manifestDigests);
    while (manifests.next()) this.#manifestDigests.push(digests.add(manifests));
  }

  /** Hands this stamp on to no other index. */
  forget(low: number, high: number): void {
    const lows = this.#forgotten.get(high);
    if (lows) lows.add(low);
    else this.#forgotten.set(high, new Set([low]));
  }

  /**
   * To be asked for once, when all has been added. `earlier` is the index that was used: where nothing had to be read, or to be forgotten, it is the next one
   * too, with what has gone from the disk since, which is in nobody's way.
   */
  finish(earlier?: RootIndexData): IndexParts {
    if (earlier !== undefined && this.#forgotten.size === 0 && REMEMBERED.every((kind) => this.#read[kind] === 0))
      return partsOf(earlier);
    const numbers = new IndexNumbers(this.#graph.digests);
    const platforms = new Map<string, number>();
    const records = new RecordWriter();
    const places = tableOf(this.#known(this.#places.finish()));
    const tagTargets = this.#tagTargets.finish();
    const tags = tableOf(
      this.#known(this.#tags.finish()),
      Uint32Array.from(tagTargets, (target) => numbers.of(target)),
    );
    const stamps = this.#known(this.#manifests.finish());
    const kept = new StampList();
    const starts: number[] = [];
    for (const [row, digest] of this.#manifestDigests.finish().entries()) {
      const start = this.#record(digest, numbers, platforms, records);
      if (start === undefined) continue;
      kept.push(stamps[row * 2]!, stamps[row * 2 + 1]!);
      starts.push(start);
    }
    const manifests = tableOf(kept.finish(), Uint32Array.from(starts));
    const others = numbers.others();
    return {
      platforms: [...platforms.keys()],
      parts: {
        places: part(places.words),
        tags: part(tags.words),
        tagTargets: part(tags.values),
        manifests: part(manifests.words),
        manifestRecords: part(manifests.values),
        records: part(records.finish()),
        digests: { bytes: numbers.length * 32, chunks: numbers.digests() },
        sizes: part(numbers.sizes()),
        otherCodes: part(others.codes),
        otherBytes: part(others.bytes),
        otherSizes: part(numbers.otherSizes()),
      },
    };
  }

  /** The stamps, with one in place of those that are forgotten that no file has. */
  #known(stamps: Uint32Array): Uint32Array {
    if (this.#forgotten.size === 0) return stamps;
    for (let at = 0; at < stamps.length; at += 2) {
      if (this.#forgotten.get(stamps[at + 1]!)?.has(stamps[at]!) === true) stamps.set(NO_FILE, at);
    }
    return stamps;
  }

  /** Where the manifest's record begins; undefined where it has become something else, or cannot be recorded. */
  #record(digest: number, numbers: IndexNumbers, platforms: Map<string, number>, records: RecordWriter) {
    const { manifests } = this.#graph;
    const manifest = manifests.find(digest);
    if (manifest < 0 || manifests.state(manifest) !== ManifestState.ok || manifests.isCorrupt(manifest)) {
      return undefined;
    }
    const references = manifests.references(manifest);
    const named = new Map<number, number>();
    for (const reference of references) {
      const platform = manifests.platform(reference);
      if (platform === undefined) continue;
      if (!platforms.has(platform)) {
        if (platforms.size === MOST_PLATFORMS) return undefined;
        platforms.set(platform, platforms.size);
      }
      named.set(reference, platforms.get(platform)!);
    }
    const subject = manifests.subject(manifest);
    const start = records.begin(
      numbers.of(digest),
      manifests.kind(manifest),
      subject < 0 ? -1 : numbers.of(subject),
      references.length,
    );
    for (const reference of references) {
      const target = numbers.of(manifests.target(reference));
      records.add({
        target,
        role: manifests.role(reference),
        foreign: manifests.isForeign(reference),
        attestation: manifests.isAttestation(reference),
        platform: named.get(reference) ?? -1,
        ownSize: numbers.ownSize(target, manifests.targetSize(reference)),
      });
    }
    return start;
  }
}

/** How many digests are one piece of a file. */
const PIECE = 1 << 15;

/** Numbers the digests that an index names, in the order in which they are asked for. */
class IndexNumbers {
  readonly #table: DigestTable;
  /** By number in the graph: that in the index plus one. */
  readonly #known: Float64Array;
  readonly #ids = new Integers();
  readonly #sizes = new Integers();
  readonly #otherIds: number[] = [];
  readonly #otherSizes: number[] = [];

  constructor(table: DigestTable) {
    this.#table = table;
    this.#known = new Float64Array(table.length);
  }

  /** How many digests of sha256 there are. */
  get length(): number {
    return this.#ids.length;
  }

  of(id: number): number {
    const known = this.#known[id]!;
    if (known > 0) return known - 1;
    const isUsual = this.#table.algorithm(id) === "sha256";
    const number = isUsual ? this.#ids.push(id) : OTHER_DIGESTS + this.#otherIds.push(id) - 1;
    if (isUsual) this.#sizes.push(-1);
    else this.#otherSizes.push(NO_USUAL_SIZE);
    this.#known[id] = number + 1;
    return number;
  }

  /** Undefined where the size is the digest's usual one, which the first that is given becomes. */
  ownSize(number: number, size: number): number | undefined {
    const usual = this.#usual(number);
    const fits = Number.isInteger(size) && size >= 0 && size < NO_USUAL_SIZE;
    if (usual === NO_USUAL_SIZE && fits) {
      if (number < OTHER_DIGESTS) this.#sizes.set(number, size);
      else this.#otherSizes[number - OTHER_DIGESTS] = size;
      return undefined;
    }
    return fits && usual === size ? undefined : size;
  }

  *digests(): Generator<Uint8Array> {
    for (let first = 0; first < this.length; first += PIECE) {
      const end = Math.min(first + PIECE, this.length);
      const writer = new DigestWriter(end - first);
      for (let number = first; number < end; number++) this.#table.copyTo(writer, this.#ids.at(number));
      yield writer.finish().bytes;
    }
  }

  sizes(): Uint32Array {
    const sizes = this.#sizes.finish();
    return new Uint32Array(sizes.buffer, sizes.byteOffset, sizes.length);
  }

  others() {
    const writer = new DigestWriter(this.#otherIds.length);
    for (const id of this.#otherIds) this.#table.copyTo(writer, id);
    return writer.finish();
  }

  otherSizes(): Uint32Array {
    return Uint32Array.from(this.#otherSizes);
  }

  #usual(number: number): number {
    if (number < OTHER_DIGESTS) return this.#sizes.at(number) >>> 0;
    return this.#otherSizes[number - OTHER_DIGESTS]!;
  }
}

function partsOf({ buffer, parts, platforms }: RootIndexData): IndexParts {
  const same = INDEX_PARTS.map((name) => {
    const { offset, bytes } = parts[name];
    return [name, part(new Uint8Array(buffer, offset, bytes))];
  });
  return { parts: Object.fromEntries(same) as IndexParts["parts"], platforms };
}

function part(values: Uint8Array | Uint32Array): { readonly bytes: number; readonly chunks: Iterable<Uint8Array> } {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { bytes: bytes.length, chunks: [bytes] };
}
