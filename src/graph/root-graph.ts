// The blob reference graph of one storage root, put together from facts as they arrive.
import { Bytes, Floats, Integers } from "../facts/columns.ts";
import {
  type BlobFacts,
  type BlockedFolder,
  type ContentFacts,
  DiskState,
  type ManifestFacts,
  type RepositoryFacts,
  Role,
  type UnexpectedEntry,
  type UnexpectedLink,
  type UploadFacts,
} from "../facts/facts.ts";
import { DigestCursor, DigestWriter, type PackedDigests } from "../facts/packed-digests.ts";
import { blobData, type LinkKind, linkFile } from "../layout/paths.ts";
import { DigestTable } from "./digest-table.ts";
import { LinkTable } from "./links.ts";
import { ManifestTable } from "./manifests.ts";
import { Range } from "./range.ts";
import { TagTable } from "./tags.ts";

export interface RepositoryNode {
  readonly index: number;
  readonly name: string;
  /** DiskState of the folder that its tags lie in. */
  readonly tagsState: DiskState;
  /** DiskState of the folder that its layer links lie in. */
  readonly layersState: DiskState;
  readonly blocked: readonly BlockedFolder[];
  /** As RepositoryFacts has them: repositories that have one in common share their links of that kind. */
  readonly linkFolders: Readonly<Record<LinkKind, readonly string[]>>;
  readonly layerLinks: Range;
  readonly revisions: Range;
  readonly tags: Range;
  readonly unexpectedLinks: Readonly<Record<LinkKind, readonly UnexpectedLink[]>>;
  readonly uploads: readonly UploadFacts[];
  readonly unexpected: readonly UnexpectedEntry[];
}

/** A blob that is a symbolic link to what lies in the store for another one. */
export interface SharedBlob {
  readonly blob: number;
  readonly by: "folder" | "file";
  readonly of: number;
}

/** The numbers of a repository's links of one kind. */
export function linkRange({ layerLinks, revisions }: RepositoryNode, kind: LinkKind): Range {
  return kind === "layer" ? layerLinks : revisions;
}

/**
 * Blobs, links, tags and manifests are numbered rows of columns; digests are numbers of `digests`. A repository
 * that is added again replaces what was known of it, and a blob likewise.
 */
export class RootGraph {
  readonly digests = new DigestTable();
  readonly layerLinks = new LinkTable(this.digests);
  readonly revisions = new LinkTable(this.digests);
  readonly tags = new TagTable(this.digests);
  readonly manifests = new ManifestTable(this.digests);
  readonly #nodes: RepositoryNode[] = [];
  readonly #byName = new Map<string, RepositoryNode>();
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
  readonly #blockedBlobs: BlockedFolder[] = [];
  /** By digest: as BlobFacts.files has it; none unless every folder was looked through. */
  readonly #files = new Floats(0);
  /** The blobs whose folder, or whose `data`, is a symbolic link. */
  readonly #linkedBlobs = new Map<number, "folder" | "file">();
  /** By digest: 1 where something names it as a manifest. */
  readonly #wantedAsManifest = new Bytes();
  /** Layer links that hold another digest than their place says, in pairs: place, target. */
  readonly #otherLayerLinks: number[] = [];
  #toRead: number[] = [];
  /** Whether a manifest without a revision link is served by way of its layer link. */
  readonly servesByLayerLink: boolean;

  constructor(servesByLayerLink = true) {
    this.servesByLayerLink = servesByLayerLink;
  }

  /** Takes note of folders of the blob store that are none. */
  addBlocked(blocked: readonly BlockedFolder[]): void {
    for (const folder of blocked) this.#blockedBlobs.push(folder);
  }

  addBlobs(facts: BlobFacts): void {
    this.addBlocked(facts.blocked);
    const digests = new DigestCursor(facts.digests);
    const actual = new DigestCursor(facts.actualDigests);
    const linked = new Map<number, "folder" | "file">();
    for (const row of facts.linkedFiles) linked.set(row, "file");
    for (const row of facts.linkedFolders) linked.set(row, "folder");
    for (let row = 0; digests.next(); row++) {
      const blob = this.digests.add(digests);
      const by = linked.get(row);
      if (by !== undefined) this.#linkedBlobs.set(blob, by);
      const isCorrupt = facts.corrupt[row] === 1;
      this.setBlob(blob, facts.states[row] as DiskState, facts.sizes[row]!, facts.modified[row]!, isCorrupt);
      if (facts.files.length > 0) this.#files.set(blob, facts.files[row]!);
      if (isCorrupt && actual.next()) this.#actualOf.set(blob, this.#actualDigests.add(actual) + 1);
    }
  }

  /**
   * What one stat of a blob's data gave: its state, bytes, and modification in milliseconds since 1970; and whether it
   * was hashed and is other than its digest.
   */
  setBlob(blob: number, state: DiskState, size: number, modified: number, corrupt = false): void {
    if (corrupt || this.#blobCorrupt.at(blob) === 1) this.#blobCorrupt.set(blob, corrupt ? 1 : 0);
    if (this.#sound.at(blob) !== 0) this.#sound.set(blob, 0);
    this.#blobStates.set(blob, state + 1);
    this.#blobSizes.set(blob, size);
    this.#blobModified.set(blob, modified);
    if (this.#wantedAsManifest.at(blob) === 1) this.#toRead.push(blob);
  }

  /** Has the blob read again as a manifest, if it is wanted as one. */
  forgetManifest(blob: number): void {
    this.manifests.forget(blob);
  }

  addRepository(facts: RepositoryFacts): void {
    const index = this.#nodes.length;
    const firstLayerLink = this.layerLinks.length;
    const firstRevision = this.revisions.length;
    const firstTag = this.tags.length;
    for (const links of facts.layerLinks) this.layerLinks.add(index, links);
    for (const links of facts.revisionLinks) this.revisions.add(index, links);
    for (const tags of facts.tags) this.tags.add(index, tags);
    const node: RepositoryNode = {
      index,
      name: facts.name,
      tagsState: facts.tagsState,
      layersState: facts.layersState,
      blocked: facts.blocked,
      linkFolders: facts.linkFolders,
      layerLinks: new Range(firstLayerLink, this.layerLinks.length),
      revisions: new Range(firstRevision, this.revisions.length),
      tags: new Range(firstTag, this.tags.length),
      unexpectedLinks: facts.unexpectedLinks,
      uploads: facts.uploads,
      unexpected: facts.unexpected,
    };
    this.#nodes.push(node);
    this.#byName.set(facts.name, node);
    for (const link of node.revisions) this.#wantManifest(this.revisions.target(link));
    for (const link of node.layerLinks) {
      const [place, target] = [this.layerLinks.place(link), this.layerLinks.target(link)];
      if (target >= 0 && target !== place) this.#otherLayerLinks.push(place, target);
    }
    for (const tag of node.tags) this.#wantManifest(this.tags.target(tag));
    for (const { target } of facts.unexpectedLinks.layer) if (target !== undefined) this.digests.addText(target);
    for (const { target } of facts.unexpectedLinks.revision) {
      if (target !== undefined) this.#wantManifest(this.digests.addText(target));
    }
  }

  /** Adds what was read of the blobs that `takeManifestsToRead` gave. */
  addManifests(ids: ArrayLike<number>, facts: ManifestFacts): void {
    const first = this.manifests.length;
    this.manifests.add(ids, facts);
    const actual = new DigestCursor(facts.actualDigests);
    for (const [row, corrupt] of facts.corrupt.entries()) {
      if (corrupt === 1 && actual.next()) this.#actualOf.set(ids[row]!, this.#actualDigests.add(actual) + 1);
    }
    for (let manifest = first; manifest < this.manifests.length; manifest++) {
      for (const reference of this.manifests.references(manifest)) {
        if (this.manifests.role(reference) === Role.child) this.#wantManifest(this.manifests.target(reference));
      }
    }
  }

  /** Takes in what hashing these blobs gave. */
  addContents(blobs: readonly number[], { states, corrupt, actualDigests }: ContentFacts): void {
    const actual = new DigestCursor(actualDigests);
    for (const [row, blob] of blobs.entries()) {
      const isCorrupt = corrupt[row] === 1;
      if (isCorrupt) {
        this.#blobCorrupt.set(blob, 1);
        if (actual.next()) this.#actualOf.set(blob, this.#actualDigests.add(actual) + 1);
      }
      if (states[row] !== DiskState.ok) this.setBlob(blob, states[row] as DiskState, 0, 0);
    }
  }

  /**
   * Blobs in the store that something names as a manifest and that were not read yet. To be asked again after
   * their facts were added, as indexes name further ones, until there are none.
   */
  takeManifestsToRead(): number[] {
    // A manifest without a revision link is served by way of its layer link, which may lead elsewhere.
    for (let pair = 0; this.servesByLayerLink && pair < this.#otherLayerLinks.length; pair += 2) {
      if (this.#wantedAsManifest.at(this.#otherLayerLinks[pair]!) === 1) {
        this.#wantManifest(this.#otherLayerLinks[pair + 1]!);
      }
    }
    // No Set: that holds 2^24 at most.
    const taken = new Bytes();
    const ids: number[] = [];
    for (const id of this.#toRead) {
      if (this.blobState(id) !== DiskState.ok || this.manifests.find(id) >= 0 || taken.at(id) === 1) continue;
      taken.set(id, 1);
      ids.push(id);
    }
    this.#toRead = [];
    return ids;
  }

  /** Digests in the form that crosses to a worker thread. */
  pack(ids: readonly number[]): PackedDigests {
    const writer = new DigestWriter(ids.length);
    for (const id of ids) this.digests.copyTo(writer, id);
    return writer.finish();
  }

  links(kind: LinkKind): LinkTable {
    return kind === "layer" ? this.layerLinks : this.revisions;
  }

  /** All repositories, by name. */
  repositories(): RepositoryNode[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** The repository with this number (the one that links and tags carry). */
  repository(index: number): RepositoryNode {
    return this.#nodes[index]!;
  }

  findRepository(name: string): RepositoryNode | undefined {
    return this.#byName.get(name);
  }

  /** Takes a repository out, because it is gone from the disk. */
  removeRepository(name: string): void {
    this.#byName.delete(name);
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
   * blob, `of`. Known only where every folder was looked through.
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

  /** DiskState of a link that may not be there: what opening it gives depends on the folders above it too. */
  linkState(repository: RepositoryNode, kind: LinkKind, digest: number): DiskState {
    const links = this.links(kind);
    const link = links.find(repository.index, digest);
    if (link >= 0) return links.state(link);
    if (repository.blocked.length === 0 || !this.digests.isDigest(digest)) return DiskState.absent;
    const path = linkFile(repository.name, kind, this.digests.text(digest));
    return blockedState(repository.blocked, path);
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

  #wantManifest(digest: number): void {
    if (digest < 0 || this.#wantedAsManifest.at(digest) === 1 || !this.digests.isDigest(digest)) return;
    this.#wantedAsManifest.set(digest, 1);
    this.#toRead.push(digest);
  }
}

/** The state of what is not listed: that of the folder that is in its way, where one is. */
function blockedState(blocked: readonly BlockedFolder[], path: string): DiskState {
  return blocked.find((folder) => path.startsWith(`${folder.path}/`))?.state ?? DiskState.absent;
}
