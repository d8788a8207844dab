// Reads blobs as manifests: their bytes once, hashed and parsed as the registry would.
import { Bytes, Floats, Integers } from "../facts/columns.ts";
import { DiskState, type ManifestFacts, ManifestKind, ManifestState, Role } from "../facts/facts.ts";
import { hashHex } from "../facts/hash.ts";
import {
  DigestCursor,
  type DigestItem,
  DigestWriter,
  type PackedDigests,
  unpackDigests,
} from "../facts/packed-digests.ts";
import { type Digest, parseDigest } from "../layout/digest.ts";
import {
  EARLIER,
  MAX_MANIFEST_BYTES,
  type ManifestContent,
  type ManifestReading,
  parseManifest,
  type Reference,
} from "../layout/manifest.ts";
import { dataOf } from "../layout/paths.ts";
import type { FileMemory } from "./file-memory.ts";
import { describeError, errorCode, READ_FLAGS, type StorageFs, stateOfError } from "./fs/storage-fs.ts";

export interface ManifestReadOptions {
  /** How many bytes to expect of each: a manifest of that size takes one read. */
  readonly sizes?: Float64Array;
  readonly reading?: ManifestReading;
  readonly memory?: FileMemory | undefined;
}

/** Reads each of `digests` (real digests, no text) from the blob store of the storage root at `root`. */
export function readManifests(
  storageFs: StorageFs,
  root: string,
  digests: PackedDigests,
  { sizes, reading = "2.8.3", memory }: ManifestReadOptions = {},
): ManifestFacts {
  const reader = new ManifestReader(storageFs, root, reading, memory);
  const packed = new DigestCursor(digests);
  for (const [row, digest] of unpackDigests(digests).entries()) {
    packed.next();
    reader.read(parseDigest(digest as string) as Digest, packed, sizes?.[row] ?? -1);
  }
  return reader.finish();
}

/** One byte more than the registry takes, so that too much is noticed. */
const BUFFER_BYTES = MAX_MANIFEST_BYTES + 1;
const FIRST_BUFFER_BYTES = 64 * 1024;

class ManifestReader {
  readonly #fs: StorageFs;
  readonly #root: string;
  readonly #reading: ManifestReading;
  readonly #memory: FileMemory | undefined;
  #buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);
  readonly #states = new Bytes();
  readonly #corrupt = new Bytes();
  readonly #actualDigests = new DigestWriter(0);
  readonly #kinds = new Bytes();
  readonly #sizes = new Floats();
  readonly #referenceCounts = new Integers();
  readonly #targets = new DigestWriter();
  readonly #roles = new Bytes();
  readonly #targetSizes = new Floats();
  readonly #foreign = new Bytes();
  readonly #attestations = new Bytes();
  readonly #platforms = new Integers();
  readonly #platformNumbers = new Map<string, number>();
  readonly #subjects = new DigestWriter();
  readonly #reasons = new Map<number, string>();
  readonly #errors = new Map<number, string>();

  constructor(storageFs: StorageFs, root: string, reading: ManifestReading, memory: FileMemory | undefined) {
    this.#fs = storageFs;
    this.#root = root;
    this.#reading = reading;
    this.#memory = memory;
  }

  /** `packed` is the digest as bytes. */
  read(digest: Digest, packed: DigestItem, expectedSize: number): void {
    try {
      const row = this.#add(digest, this.#readFile(`${this.#root}/${dataOf(digest)}`, expectedSize));
      const isSound = this.#states.at(row) === ManifestState.ok && this.#corrupt.at(row) === 0;
      if (isSound) this.#memory?.keepManifest(packed);
    } catch (error) {
      const code = errorCode(error);
      const state = stateOfError(code);
      if (state === DiskState.absent) this.#addBad(ManifestState.absent, 0, false);
      else if (state === DiskState.unreadable) this.#errors.set(this.#addBad(ManifestState.unreadable, 0, false), code);
      else this.#reasons.set(this.#addBad(ManifestState.invalid, 0, false), describeError(code));
    }
  }

  finish(): ManifestFacts {
    return {
      states: this.#states.finish(),
      corrupt: this.#corrupt.finish(),
      actualDigests: this.#actualDigests.finish(),
      kinds: this.#kinds.finish(),
      sizes: this.#sizes.finish(),
      referenceCounts: this.#referenceCounts.finish(),
      targets: this.#targets.finish(),
      roles: this.#roles.finish(),
      targetSizes: this.#targetSizes.finish(),
      foreign: this.#foreign.finish(),
      attestations: this.#attestations.finish(),
      platforms: this.#platforms.finish(),
      platformNames: [...this.#platformNumbers.keys()],
      subjects: this.#subjects.finish(),
      reasons: this.#reasons,
      errors: this.#errors,
    };
  }

  /** The file's bytes, or undefined where there are more than the registry reads. */
  #readFile(path: string, expectedSize: number): Buffer | undefined {
    const file = this.#fs.openSync(path, READ_FLAGS);
    try {
      this.#memory?.opens(file, "manifests");
      let length = 0;
      for (;;) {
        if (length === this.#buffer.length) this.#growBuffer(length);
        const more = this.#fs.readSync(file, this.#buffer, length, this.#buffer.length - length, null);
        length += more;
        // There was room for more than this, and no more came.
        if (length === expectedSize && length < this.#buffer.length) return this.#buffer.subarray(0, length);
        if (length > MAX_MANIFEST_BYTES) return undefined;
        if (more === 0) return this.#buffer.subarray(0, length);
      }
    } finally {
      this.#fs.closeSync(file);
    }
  }

  #growBuffer(used: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.min(used * 4, BUFFER_BYTES));
    this.#buffer.copy(grown, 0, 0, used);
    this.#buffer = grown;
  }

  /** Gives the manifest's row. */
  #add({ algorithm, hex }: Digest, content: Buffer | undefined): number {
    if (!content) {
      const row = this.#addBad(ManifestState.invalid, MAX_MANIFEST_BYTES + 1, false);
      this.#reasons.set(row, `over the registry's limit of ${MAX_MANIFEST_BYTES} bytes`);
      return row;
    }
    const actual = hashHex(algorithm, content);
    const corrupt = actual !== hex;
    if (corrupt) this.#actualDigests.pushHex(algorithm, actual);
    const parsed = parseManifest(content, this.#reading);
    if (parsed.ok) return this.#addParsed(parsed, ManifestState.ok, content.length, corrupt);
    const state = parsed.panics ? ManifestState.panics : ManifestState.invalid;
    const before = EARLIER[this.#reading];
    const earlier = before === undefined ? parsed : parseManifest(content, before);
    const row = earlier.ok
      ? this.#addParsed(earlier, state, content.length, corrupt)
      : this.#addBad(state, content.length, corrupt);
    this.#reasons.set(row, parsed.reason);
    return row;
  }

  #addParsed(
    manifest: Extract<ManifestContent, { ok: true }>,
    state: ManifestState,
    size: number,
    corrupt: boolean,
  ): number {
    this.#corrupt.push(corrupt ? 1 : 0);
    this.#kinds.push(ManifestKind[manifest.kind]);
    this.#sizes.push(size);
    this.#addReferences(manifest.references);
    if (manifest.subject === undefined) this.#subjects.pushNone();
    else this.#subjects.push(manifest.subject);
    return this.#states.push(state);
  }

  /**
   * Nobody can ask for what is not a digest, and garbage collection marks it but once: said again it tells nothing new. A manifest
   * of 4 MiB holds a million `{}`, which as so many parts of an image would take gigabytes further on.
   */
  #addReferences(references: readonly Reference[]): void {
    const texts = new Set<string>();
    let count = 0;
    for (const { role, digest, size, foreign, platform, attestation = false } of references) {
      if (!this.#targets.pushDigest(digest)) {
        const text = JSON.stringify([role, digest, size, foreign, platform, attestation]);
        if (texts.has(text)) continue;
        texts.add(text);
        this.#targets.push(digest);
      }
      count++;
      this.#roles.push(Role[role]);
      this.#targetSizes.push(size);
      this.#foreign.push(foreign ? 1 : 0);
      this.#attestations.push(attestation ? 1 : 0);
      this.#platforms.push(this.#platformNumber(platform));
    }
    this.#referenceCounts.push(count);
  }

  #addBad(state: ManifestState, size: number, corrupt: boolean): number {
    this.#corrupt.push(corrupt ? 1 : 0);
    this.#kinds.push(ManifestKind.none);
    this.#sizes.push(size);
    this.#referenceCounts.push(0);
    this.#subjects.pushNone();
    return this.#states.push(state);
  }

  #platformNumber(name: string | undefined): number {
    if (name === undefined) return -1;
    const known = this.#platformNumbers.get(name);
    if (known !== undefined) return known;
    this.#platformNumbers.set(name, this.#platformNumbers.size);
    return this.#platformNumbers.size - 1;
  }
}
