// The blob reference graph of one storage root, put together from facts as they arrive.
import { Bytes } from "../facts/columns.ts";
import {
  type BlockedFolder,
  DiskState,
  type ManifestFacts,
  ManifestState,
  type RepositoryFacts,
  Role,
  type UnexpectedEntry,
  type UnexpectedLink,
  type UploadFacts,
} from "../facts/facts.ts";
import { DigestCursor, DigestWriter, type PackedDigests } from "../facts/packed-digests.ts";
import type { RootIndex } from "../facts/root-index.ts";
import { type LinkKind, linkFile } from "../layout/paths.ts";
import { KnownManifests } from "./known-manifests.ts";
import { LinkTable } from "./links.ts";
import { ManifestTable } from "./manifests.ts";
import { Range } from "./range.ts";
import { blockedState, StoredBlobs } from "./stored-blobs.ts";
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

/** The numbers of a repository's links of one kind. */
export function linkRange({ layerLinks, revisions }: RepositoryNode, kind: LinkKind): Range {
  return kind === "layer" ? layerLinks : revisions;
}

/**
 * Blobs, links, tags and manifests are numbered rows of columns; digests are numbers of `digests`. A repository
 * that is added again replaces what was known of it, and a blob likewise.
 */
export class RootGraph extends StoredBlobs {
  readonly layerLinks = new LinkTable(this.digests);
  readonly revisions = new LinkTable(this.digests);
  readonly tags = new TagTable(this.digests);
  readonly manifests = new ManifestTable(this.digests);
  readonly #nodes: RepositoryNode[] = [];
  readonly #byName = new Map<string, RepositoryNode>();
  #index: KnownManifests | undefined;
  /** By digest: 1 where something names it as a manifest. */
  readonly #wantedAsManifest = new Bytes();
  /** Layer links that hold another digest than their place says, in pairs: place, target. */
  readonly #otherLayerLinks: number[] = [];
  #toRead: number[] = [];
  /** Whether a manifest without a revision link is served by way of its layer link. */
  readonly servesByLayerLink: boolean;

  constructor(servesByLayerLink = true) {
    super();
    this.servesByLayerLink = servesByLayerLink;
  }

  /** Has manifests taken from there that need not be read. To be told before blobs are added. */
  useIndex(index: RootIndex): void {
    this.#index = new KnownManifests(index, this.digests);
  }

  override setBlob(blob: number, state: DiskState, size: number, modified: number, corrupt = false): void {
    super.setBlob(blob, state, size, modified, corrupt);
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

  /** Has these read as manifests, though no link and no tag of the graph names them. */
  wantManifests(digests: Iterable<string>): void {
    for (const digest of digests) this.#wantManifest(this.digests.addText(digest));
  }

  /**
   * Adds those of these blobs, which `takeManifestsToRead` gave, that the index has as manifests; gives the others, which are
   * to be read.
   */
  addKnown(ids: readonly number[]): number[] {
    const first = this.manifests.length;
    const others: number[] = [];
    for (const id of ids) {
      const record = this.knownRecord(id);
      if (record < 0 || this.#index === undefined) others.push(id);
      else {
        this.#index.open(record);
        this.manifests.addKnown(id, this.blobSize(id), this.#index);
      }
    }
    this.#wantChildren(first);
    return others;
  }

  /** Adds what was read of the blobs that `takeManifestsToRead` gave. */
  addManifests(ids: ArrayLike<number>, facts: ManifestFacts): void {
    const first = this.manifests.length;
    this.manifests.add(ids, facts);
    const actual = new DigestCursor(facts.actualDigests);
    for (const [row, corrupt] of facts.corrupt.entries()) {
      if (corrupt === 1 && actual.next()) this.noteActual(ids[row]!, actual);
    }
    this.#wantChildren(first);
  }

  /** What this run found out of a blob's content: whether it is as its digest says; undefined where it was not hashed. */
  contentSound(blob: number): boolean | undefined {
    if (this.isBlobCorrupt(blob)) return false;
    if (this.isHashed(blob)) return true;
    const manifest = this.manifests.find(blob);
    if (manifest < 0 || this.manifests.state(manifest) === ManifestState.unreadable) return undefined;
    if (this.manifests.isFromIndex(manifest)) return undefined;
    // One that is over the registry's limit is not read to its end.
    if (this.manifests.size(manifest) !== this.blobSize(blob)) return undefined;
    return !this.manifests.isCorrupt(manifest);
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

  /** DiskState of a link that may not be there: what opening it gives depends on the folders above it too. */
  linkState(repository: RepositoryNode, kind: LinkKind, digest: number): DiskState {
    const links = this.links(kind);
    const link = links.find(repository.index, digest);
    if (link >= 0) return links.state(link);
    if (repository.blocked.length === 0 || !this.digests.isDigest(digest)) return DiskState.absent;
    const path = linkFile(repository.name, kind, this.digests.text(digest));
    return blockedState(repository.blocked, path);
  }

  /** Of the manifests from this one on. */
  #wantChildren(first: number): void {
    for (let manifest = first; manifest < this.manifests.length; manifest++) {
      for (const reference of this.manifests.references(manifest)) {
        if (this.manifests.role(reference) === Role.child) this.#wantManifest(this.manifests.target(reference));
      }
    }
  }

  #wantManifest(digest: number): void {
    if (digest < 0 || this.#wantedAsManifest.at(digest) === 1 || !this.digests.isDigest(digest)) return;
    this.#wantedAsManifest.set(digest, 1);
    this.#toRead.push(digest);
  }
}
