// What is known of the blobs of a store: columns by digest.
import { Bytes, Floats, Integers } from "../facts/columns.ts";
import {
  type BlobFacts,
  type BlockedFolder,
  type ContentDamage,
  type ContentFacts,
  ContentOutcome,
  DiskState,
  type VerifiedContent,
} from "../facts/facts.ts";
import { SOUND_BLOB } from "../facts/memory.ts";
import { DigestCursor, type DigestItem } from "../facts/packed-digests.ts";
import { blobData } from "../layout/paths.ts";
import { DigestTable } from "./digest-table.ts";

/** So that what is known of a blob is never 0. */
const SHIFT = 3;

/** A blob that is a symbolic link to what lies in the store for another one. */
export interface SharedBlob {
  readonly blob: number;
  readonly by: "folder" | "file";
  readonly of: number;
}

/** The blobs of a root by the numbers of their digests, as the store was read and as their content was found to be. */
export class StoredBlobs {
  readonly digests = new DigestTable();
  /** By digest: DiskState of the blob's data plus one; 0 where the store has no folder for it. */
  readonly #blobStates = new Bytes();
  readonly #blobSizes = new Floats();
  readonly #blobModified = new Floats();
  readonly #blobCorrupt = new Bytes();
  /** What corrupt content does hash to, apart from the digests of the root: by blob, its number there plus one. */
  readonly #actualDigests = new DigestTable();
  readonly #actualOf = new Integers();
  /** By digest, of blobs that were hashed because their size was in question: 1 where they are not what they should be, 2 where they are. */
  readonly #sound = new Bytes();
  /** By digest: 1 where this run has hashed it, as a config or because its content was to be verified. */
  readonly #hashed = new Bytes();
  readonly #damages = new Map<number, ContentDamage>();
  readonly #blockedBlobs: BlockedFolder[] = [];
  /** By digest: as BlobFacts.files has it; none unless folders were looked through. */
  readonly #files = new Floats(0);
  /** The blobs whose folder, or whose `data`, is a symbolic link. */
  readonly #linkedBlobs = new Map<number, "folder" | "file">();
  /** By digest, of blobs that are as the index has them: as BlobFacts.known has it, plus SHIFT; 0 for all others. */
  readonly #known = new Integers(0);

  /** Takes note of folders of the blob store that are none. */
  addBlocked(blocked: readonly BlockedFolder[]): void {
    for (const folder of blocked) this.#blockedBlobs.push(folder);
  }

  addBlobs(facts: BlobFacts): void {
    this.addBlocked(facts.blocked);
    const digests = new DigestCursor(facts.digests);
    const linked = new Map<number, "folder" | "file">();
    for (const row of facts.linkedFiles) linked.set(row, "file");
    for (const row of facts.linkedFolders) linked.set(row, "folder");
    for (let row = 0; digests.next(); row++) {
      const blob = this.digests.add(digests);
      const by = linked.get(row);
      if (by !== undefined) this.#linkedBlobs.set(blob, by);
      this.setBlob(blob, facts.states[row] as DiskState, facts.sizes[row]!, facts.modified[row]!);
      if (facts.known.length > 0) this.#known.set(blob, facts.known[row]! + SHIFT);
      if (facts.files.length > 0) this.#files.set(blob, facts.files[row]!);
    }
  }

  /**
   * What one stat of a blob's data gave: its state, bytes, and modification in milliseconds since 1970; and whether it
   * was hashed and is other than its digest.
   */
  setBlob(blob: number, state: DiskState, size: number, modified: number, corrupt = false): void {
    if (corrupt || this.#blobCorrupt.at(blob) === 1) this.#blobCorrupt.set(blob, corrupt ? 1 : 0);
    const isSame = state === DiskState.ok && size === this.blobSize(blob) && modified === this.blobModified(blob);
    if (this.#hashed.at(blob) === 1 && !isSame) this.#hashed.set(blob, 0);
    if (!corrupt || !isSame) this.#damages.delete(blob);
    if (this.#sound.at(blob) !== 0) this.#sound.set(blob, 0);
    if (this.#known.at(blob) !== 0) this.#known.set(blob, 0);
    this.#blobStates.set(blob, state + 1);
    this.#blobSizes.set(blob, size);
    this.#blobModified.set(blob, modified);
  }

  /** Whether the blob was hashed and is as it was then. */
  isKnownSound(blob: number): boolean {
    return this.#known.at(blob) === SOUND_BLOB + SHIFT;
  }

  /** Takes in what hashing these blobs gave. */
  addContents(blobs: readonly number[], { states, corrupt, actualDigests }: ContentFacts): void {
    const actual = new DigestCursor(actualDigests);
    for (const [row, blob] of blobs.entries()) {
      const isCorrupt = corrupt[row] === 1;
      if (isCorrupt) {
        this.#blobCorrupt.set(blob, 1);
        if (actual.next()) this.noteActual(blob, actual);
      }
      if (states[row] !== DiskState.ok) this.setBlob(blob, states[row] as DiskState, 0, 0);
      else this.#hashed.set(blob, 1);
    }
  }

  /** Takes in what verifying the content of these blobs gave. What was not read stays as it is known. */
  addVerified(blobs: readonly number[], { outcomes, sizes, modified, damages }: VerifiedContent): void {
    for (const [row, blob] of blobs.entries()) {
      const outcome = outcomes[row];
      if (outcome === ContentOutcome.unread) continue;
      if (outcome === ContentOutcome.absent) this.setBlob(blob, DiskState.absent, 0, 0);
      else if (outcome === ContentOutcome.unreadable) {
        this.setBlob(blob, DiskState.unreadable, this.blobSize(blob), this.blobModified(blob));
      } else {
        const damage = damages.get(row);
        // As it is now: it may have been written again since the store was read.
        const isSame = sizes[row] === this.blobSize(blob) && modified[row] === this.blobModified(blob);
        if (!isSame) this.setBlob(blob, DiskState.ok, sizes[row]!, modified[row]!);
        this.setContent(blob, damage);
      }
    }
  }

  /** Takes note that the content of a blob was hashed, and of what it was found to be where that is not its digest. */
  setContent(blob: number, damage: ContentDamage | undefined): void {
    this.#hashed.set(blob, 1);
    if (damage) {
      this.#blobCorrupt.set(blob, 1);
      this.#damages.set(blob, damage);
      this.#actualOf.set(blob, this.#actualDigests.addText(damage.actual) + 1);
    } else {
      if (this.#blobCorrupt.at(blob) === 1) this.#blobCorrupt.set(blob, 0);
      this.#damages.delete(blob);
    }
  }

  /** Takes note that a blob is corrupt by what an earlier run has read. */
  setCorrupt(blob: number): void {
    this.#blobCorrupt.set(blob, 1);
  }

  /** The corrupt blobs whose damage was looked at. */
  damages(): [blob: number, damage: ContentDamage][] {
    return [...this.#damages];
  }

  /** What kind of damage corrupt content has, where that was looked at. */
  damageOf(blob: number): ContentDamage | undefined {
    return this.#damages.get(blob);
  }

  /** DiskState of the blob's data; absent where the store has nothing of it. */
  blobState(digest: number): DiskState {
    const known = this.#blobStates.at(digest);
    if (known > 0) return (known - 1) as DiskState;
    if (this.#blockedBlobs.length === 0 || !this.digests.isDigest(digest)) return DiskState.absent;
    return blockedState(this.#blockedBlobs, blobData(this.digests.text(digest)));
  }

  /** Whether the store has a folder for the digest, whatever is in it. */
  hasBlobFolder(digest: number): boolean {
    return this.#blobStates.at(digest) > 0;
  }

  /** Folders of the blob store that are none. */
  blockedBlobFolders(): readonly BlockedFolder[] {
    return this.#blockedBlobs;
  }

  /**
   * The blobs that are no more than symbolic links, of their folder or their file, to what lies in the store for another
   * blob, `of`. By their file: of those blobs whose folders were looked through.
   */
  sharedBlobs(): SharedBlob[] {
    if (this.#linkedBlobs.size === 0) return [];
    const byFile = new Map<number, SharedBlob[]>();
    for (const [blob, by] of this.#linkedBlobs) {
      if (this.blobState(blob) !== DiskState.ok) continue;
      const file = this.#files.at(blob);
      byFile.set(file, [...(byFile.get(file) ?? []), { blob, by, of: -1 }]);
    }
    const shared: SharedBlob[] = [];
    for (let of = 0; of < this.#files.length; of++) {
      if (this.#linkedBlobs.has(of) || this.blobState(of) !== DiskState.ok) continue;
      for (const link of byFile.get(this.#files.at(of)) ?? []) shared.push({ ...link, of });
    }
    return shared;
  }

  /** Whether its data is a symbolic link, or behind one, so that its bytes lie elsewhere. Known as `sharedBlobs` are. */
  isLinkedBlob(digest: number): boolean {
    return this.#linkedBlobs.has(digest);
  }

  /** Bytes; 0 where there is no data. */
  blobSize(digest: number): number {
    return this.#blobSizes.at(digest);
  }

  /** Milliseconds since 1970; 0 where there is no data. */
  blobModified(digest: number): number {
    return this.#blobModified.at(digest);
  }

  /** Whether its content was hashed and found to be other than its digest. */
  isBlobCorrupt(digest: number): boolean {
    return this.#blobCorrupt.at(digest) === 1;
  }

  /** Whether a blob whose size was in question hashes to its digest; undefined where that is not known. */
  isBlobSound(blob: number): boolean | undefined {
    const known = this.#sound.at(blob);
    return known === 0 ? undefined : known === 2;
  }

  setSound(blob: number, isSound: boolean | undefined): void {
    if (isSound !== undefined) this.#sound.set(blob, isSound ? 2 : 1);
  }

  /** What the content of a corrupt blob or manifest does hash to; undefined where that is its digest, or not known. */
  actualDigest(blob: number): string | undefined {
    const actual = this.#actualOf.at(blob) - 1;
    return actual < 0 ? undefined : this.#actualDigests.text(actual);
  }

  /** Takes note of what the content of a blob hashes to that was read again. */
  setActualDigest(blob: number, digest: string): void {
    this.#actualOf.set(blob, this.#actualDigests.addText(digest) + 1);
  }

  /** Whether this run has hashed it, as a config or because its content was to be verified. */
  protected isHashed(blob: number): boolean {
    return this.#hashed.at(blob) === 1;
  }

  /** Of a blob that is as the index has it: where the record of its manifest begins; else less than 0. */
  protected knownRecord(blob: number): number {
    return this.#known.at(blob) - SHIFT;
  }

  /** Takes note of the digest that corrupt content does hash to. */
  protected noteActual(blob: number, actual: DigestItem): void {
    this.#actualOf.set(blob, this.#actualDigests.add(actual) + 1);
  }
}

/** The state of what is not listed: that of the folder that is in its way, where one is. */
export function blockedState(blocked: readonly BlockedFolder[], path: string): DiskState {
  return blocked.find((folder) => path.startsWith(`${folder.path}/`))?.state ?? DiskState.absent;
}
