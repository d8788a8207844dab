// Manifests as the index of the last complete run has them, with the numbers of this graph.
import type { Role } from "../facts/facts.ts";
import { RecordReader } from "../facts/manifest-records.ts";
import { OTHER_DIGESTS, type RootIndex } from "../facts/root-index.ts";
import type { DigestTable } from "./digest-table.ts";

/** A cursor: `open` goes to a manifest, `next` to each of its references in turn. */
export class KnownManifests {
  readonly #index: RootIndex;
  readonly #digests: DigestTable;
  readonly #record: RecordReader;
  /** By number in the index: the digest's number in the graph plus one; 0 while nothing has named it. */
  readonly #numbers: Int32Array;
  /** Of the reference: the digest's number in the graph, and its size in bytes, NaN where nothing is said. */
  target = -1;
  targetSize = Number.NaN;

  constructor(index: RootIndex, digests: DigestTable) {
    this.#index = index;
    this.#digests = digests;
    this.#record = new RecordReader(index.records);
    this.#numbers = new Int32Array(index.digestCount);
  }

  /** Goes to the manifest whose record begins there. */
  open(start: number): void {
    this.#record.open(start);
  }

  /** A `ManifestKind`. */
  get kind(): number {
    return this.#record.kind;
  }

  /** The digest that it names as its subject, or -1. */
  get subject(): number {
    return this.#record.subject < 0 ? -1 : this.#number(this.#record.subject);
  }

  /** How many references it has. */
  get references(): number {
    return this.#record.references;
  }

  next(): void {
    this.#record.next();
    const { target, ownSize } = this.#record;
    this.target = this.#number(target);
    this.targetSize = ownSize ?? this.#index.usualSize(target);
  }

  get role(): Role {
    return this.#record.role as Role;
  }

  get foreign(): boolean {
    return this.#record.foreign;
  }

  get attestation(): boolean {
    return this.#record.attestation;
  }

  get platform(): string | undefined {
    return this.#index.platforms[this.#record.platform];
  }

  #number(inIndex: number): number {
    if (inIndex >= OTHER_DIGESTS) return this.#digests.add(this.#index.digest(inIndex));
    const known = this.#numbers[inIndex]!;
    if (known > 0) return known - 1;
    const number = this.#digests.add(this.#index.digest(inIndex));
    this.#numbers[inIndex] = number + 1;
    return number;
  }
}
