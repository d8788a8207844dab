// The index at work while files are read: whether one is as the last complete run read it, and what the next index is to
// hold. One for each piece of work.
import type { Stats } from "node:fs";
import { type MemoryFacts, type MemoryOptions, type Remembered, SOUND_BLOB, UNKNOWN_BLOB } from "../facts/memory.ts";
import { type DigestItem, DigestWriter } from "../facts/packed-digests.ts";
import { RootIndex } from "../facts/root-index.ts";
import { Stamper, StampKind, StampList } from "../facts/stamps.ts";
import { errorCode, type StorageFs } from "./fs/storage-fs.ts";

/** The bytes of the digest that was added last; `hex` is its hex. */
export function lastOf(digests: DigestWriter, hex: string): DigestItem {
  const size = hex.length / 2;
  return { code: size / 16 - 1, bytes: digests.bytes, offset: digests.end - size, size };
}

export class FileMemory {
  readonly #fs: StorageFs;
  readonly #index: RootIndex | undefined;
  readonly #stamper: Stamper;
  readonly #settledBefore: MemoryOptions["settledBefore"];
  readonly #taken: Record<Remembered, number> = { links: 0, manifests: 0, configs: 0 };
  readonly #read: Record<Remembered, number> = { links: 0, manifests: 0, configs: 0 };
  readonly #places = new StampList();
  readonly #tags = new StampList();
  readonly #tagTargets = new DigestWriter(0);
  readonly #manifests = new StampList();
  readonly #manifestDigests = new DigestWriter(0);
  /** Of the file that was opened last. */
  #opened: Stats | undefined;

  constructor(storageFs: StorageFs, { index, seed, settledBefore }: MemoryOptions) {
    this.#fs = storageFs;
    this.#index = index && new RootIndex(index);
    this.#stamper = new Stamper(seed);
    this.#settledBefore = settledBefore;
  }

  /** Whether the link at this path is the one that held the digest. */
  holdsLink(path: string, digest: DigestItem): boolean {
    const stat = this.#index && this.#look(path);
    if (stat === undefined) return false;
    this.#stamp(StampKind.link, stat, digest);
    const holds = this.#index!.places.find(this.#stamper.low, this.#stamper.high) >= 0;
    if (holds) this.#take("links", this.#places);
    return holds;
  }

  /** The digest that the tag's link at this path held; undefined where it is to be read. */
  tagTarget(path: string): DigestItem | undefined {
    const stat = this.#index && this.#look(path);
    if (stat === undefined) return undefined;
    this.#stamper.make(StampKind.tag, stat);
    const slot = this.#index!.tags.find(this.#stamper.low, this.#stamper.high);
    if (slot < 0) return undefined;
    const target = this.#index!.digest(this.#index!.tagTarget(slot));
    if (this.#take("links", this.#tags)) this.#tagTargets.pushItem(target);
    return target;
  }

  /** What BlobFacts.known says of a blob's data, of which this is the stat. */
  blob(stat: Stats, digest: DigestItem): number {
    if (this.#index === undefined) return UNKNOWN_BLOB;
    this.#stamp(StampKind.manifest, stat, digest);
    const slot = this.#index.manifests.find(this.#stamper.low, this.#stamper.high);
    if (slot >= 0) {
      if (this.#take("manifests", this.#manifests)) this.#manifestDigests.pushItem(digest);
      return this.#index.manifestRecord(slot);
    }
    this.#stamp(StampKind.content, stat, digest);
    if (this.#index.places.find(this.#stamper.low, this.#stamper.high) < 0) return UNKNOWN_BLOB;
    this.#take("configs", this.#places);
    return SOUND_BLOB;
  }

  /** To be told of each file that is opened, before it is read: a change since then must show next time. Throws as fstat does. */
  opens(file: number, kind: Remembered): void {
    this.#read[kind]++;
    this.#opened = this.#settledBefore && this.#fs.fstatSync(file);
  }

  /** Remembers that the link that was opened last holds this digest. */
  keepLink(digest: DigestItem): void {
    if (!this.#isSettled()) return;
    this.#stamp(StampKind.link, this.#opened!, digest);
    this.#places.push(this.#stamper.low, this.#stamper.high);
  }

  keepTag(target: string): void {
    if (!target.startsWith("sha256:") || !this.#isSettled()) return;
    this.#stamper.make(StampKind.tag, this.#opened!);
    this.#tags.push(this.#stamper.low, this.#stamper.high);
    this.#tagTargets.push(target);
  }

  /** Remembers that the blob that was opened last is a manifest, hashed to its digest and parsed. */
  keepManifest(digest: DigestItem): void {
    if (!this.#isSettled()) return;
    this.#stamp(StampKind.manifest, this.#opened!, digest);
    this.#manifests.push(this.#stamper.low, this.#stamper.high);
    this.#manifestDigests.pushItem(digest);
  }

  /** Remembers that the blob that was opened last hashed to its digest. */
  keepContent(digest: DigestItem): void {
    if (!this.#isSettled()) return;
    this.#stamp(StampKind.content, this.#opened!, digest);
    this.#places.push(this.#stamper.low, this.#stamper.high);
  }

  finish(): MemoryFacts {
    return {
      taken: this.#taken,
      read: this.#read,
      places: this.#places.finish(),
      tags: this.#tags.finish(),
      tagTargets: this.#tagTargets.finish(),
      manifests: this.#manifests.finish(),
      manifestDigests: this.#manifestDigests.finish(),
    };
  }

  /** Undefined where it cannot be looked at: what reads it then says why. */
  #look(path: string): Stats | undefined {
    try {
      return this.#fs.statSync(path);
    } catch (error) {
      errorCode(error);
      return undefined;
    }
  }

  #stamp(kind: StampKind, stat: Stats, { bytes, offset, size }: DigestItem): void {
    this.#stamper.make(kind, stat, bytes, offset, size);
  }

  /** Counts a file that is not read, and hands its stamp on; whether anything is handed on. */
  #take(kind: Remembered, stamps: StampList): boolean {
    this.#taken[kind]++;
    if (this.#settledBefore === undefined) return false;
    stamps.push(this.#stamper.low, this.#stamper.high);
    return true;
  }

  #isSettled(): boolean {
    const stat = this.#opened;
    return stat !== undefined && stat.ctimeMs < (this.#settledBefore?.get(stat.dev) ?? Number.NEGATIVE_INFINITY);
  }
}
