// The manifests of a root and what each references: columns, one row a manifest and one a reference.
import { Bytes, Floats, Integers } from "../facts/columns.ts";
import { type ManifestFacts, ManifestKind, ManifestState, type Role } from "../facts/facts.ts";
import { DigestCursor } from "../facts/packed-digests.ts";
import type { DigestTable } from "./digest-table.ts";
import type { KnownManifests } from "./known-manifests.ts";
import { Range } from "./range.ts";

export class ManifestTable {
  readonly #digests: DigestTable;
  /** By digest: the manifest's number plus one. */
  readonly #byDigest = new Integers();
  readonly #digestOf = new Integers();
  readonly #states = new Bytes();
  readonly #corrupt = new Bytes();
  readonly #kinds = new Bytes();
  readonly #sizes = new Floats();
  readonly #subjects = new Integers();
  readonly #first = new Integers();
  readonly #targets = new Integers();
  readonly #roles = new Bytes();
  readonly #targetSizes = new Floats();
  readonly #foreign = new Bytes();
  readonly #attestations = new Bytes();
  readonly #platforms = new Integers();
  readonly #platformNumbers = new Map<string, number>();
  readonly #platformNames: string[] = [];
  readonly #reasons = new Map<number, string>();
  readonly #fromIndex = new Bytes(0);

  constructor(digests: DigestTable) {
    this.#digests = digests;
    this.#first.push(0);
  }

  get length(): number {
    return this.#states.length;
  }

  /** Adds what was read of the blobs `ids`, in that order. A blob that was added before is replaced. */
  add(ids: ArrayLike<number>, facts: ManifestFacts): void {
    const targets = new DigestCursor(facts.targets);
    const subjects = new DigestCursor(facts.subjects);
    let reference = 0;
    for (let row = 0; row < ids.length; row++) {
      const manifest = this.#states.push(facts.states[row]!);
      this.#byDigest.set(ids[row]!, manifest + 1);
      this.#digestOf.push(ids[row]!);
      this.#corrupt.push(facts.corrupt[row]!);
      this.#kinds.push(facts.kinds[row]!);
      this.#sizes.push(facts.sizes[row]!);
      subjects.next();
      this.#subjects.push(this.#digests.add(subjects));
      const reason = facts.reasons.get(row);
      if (reason !== undefined) this.#reasons.set(manifest, reason);
      for (const end = reference + facts.referenceCounts[row]!; reference < end; reference++) {
        targets.next();
        this.#targets.push(this.#digests.add(targets));
        this.#roles.push(facts.roles[reference]!);
        this.#targetSizes.push(facts.targetSizes[reference]!);
        this.#foreign.push(facts.foreign[reference]!);
        this.#attestations.push(facts.attestations[reference]!);
        const platform = facts.platforms[reference]!;
        this.#platforms.push(platform < 0 ? -1 : this.#platformNumber(facts.platformNames[platform]!));
      }
      this.#first.push(this.#targets.length);
    }
  }

  /** Adds the manifest that `known` is at, as the index has it: that of the blob `id`, of so many bytes. */
  addKnown(id: number, size: number, known: KnownManifests): void {
    const manifest = this.#states.push(ManifestState.ok);
    this.#byDigest.set(id, manifest + 1);
    this.#digestOf.push(id);
    this.#corrupt.push(0);
    this.#kinds.push(known.kind);
    this.#sizes.push(size);
    this.#subjects.push(known.subject);
    this.#fromIndex.set(manifest, 1);
    for (let left = known.references; left > 0; left--) {
      known.next();
      this.#targets.push(known.target);
      this.#roles.push(known.role);
      this.#targetSizes.push(known.targetSize);
      this.#foreign.push(known.foreign ? 1 : 0);
      this.#attestations.push(known.attestation ? 1 : 0);
      const { platform } = known;
      this.#platforms.push(platform === undefined ? -1 : this.#platformNumber(platform));
    }
    this.#first.push(this.#targets.length);
  }

  /** Whether it was not read, but taken from the index. */
  isFromIndex(manifest: number): boolean {
    return this.#fromIndex.at(manifest) === 1;
  }

  /** The manifest that was read from this blob, or -1. */
  find(digest: number): number {
    return this.#byDigest.at(digest) - 1;
  }

  /** Takes out what was read from this blob. */
  forget(digest: number): void {
    this.#byDigest.set(digest, 0);
  }

  digest(manifest: number): number {
    return this.#digestOf.at(manifest);
  }

  state(manifest: number): ManifestState {
    return this.#states.at(manifest) as ManifestState;
  }

  isParsed(manifest: number): boolean {
    return this.state(manifest) === ManifestState.ok;
  }

  /** Whether it cannot be parsed, though the release before can. */
  isOutdated(manifest: number): boolean {
    return !this.isParsed(manifest) && this.kind(manifest) !== ManifestKind.none;
  }

  /** Whether its bytes do not hash to the digest of the blob that they were read from. */
  isCorrupt(manifest: number): boolean {
    return this.#corrupt.at(manifest) === 1;
  }

  /** A `ManifestKind`. */
  kind(manifest: number): number {
    return this.#kinds.at(manifest);
  }

  /** Bytes, as they were read. */
  size(manifest: number): number {
    return this.#sizes.at(manifest);
  }

  /** The digest that it names as its subject, or -1. */
  subject(manifest: number): number {
    return this.#subjects.at(manifest);
  }

  /** Why the registry cannot parse it. */
  reason(manifest: number): string {
    return this.#reasons.get(manifest) ?? "";
  }

  /** The numbers of its references. */
  references(manifest: number): Range {
    return new Range(this.#first.at(manifest), this.#first.at(manifest + 1));
  }

  /** How many references there are in all. */
  get referenceCount(): number {
    return this.#targets.length;
  }

  /** The digest that a reference names; it may be text that is not a digest. */
  target(reference: number): number {
    return this.#targets.at(reference);
  }

  role(reference: number): Role {
    return this.#roles.at(reference) as Role;
  }

  /** The size that the descriptor gives, in bytes; NaN where it gives none. */
  targetSize(reference: number): number {
    return this.#targetSizes.at(reference);
  }

  /** Whether clients fetch it from elsewhere, so that it need not be here. */
  isForeign(reference: number): boolean {
    return this.#foreign.at(reference) === 1;
  }

  /** Whether it is a child that holds another child's provenance, which no client pulls for a platform. */
  isAttestation(reference: number): boolean {
    return this.#attestations.at(reference) === 1;
  }

  /** `linux/arm64`, or undefined where the descriptor has no platform. */
  platform(reference: number): string | undefined {
    return this.#platformNames[this.#platforms.at(reference)];
  }

  #platformNumber(name: string): number {
    const known = this.#platformNumbers.get(name);
    if (known !== undefined) return known;
    this.#platformNumbers.set(name, this.#platformNames.length);
    return this.#platformNames.push(name) - 1;
  }
}
