// The graph as registry/ reads it: what is on disk, or what would be there without, or with, some links and blobs.
import { Integers } from "../facts/columns.ts";
import { type BlockedFolder, DiskState, type ManifestFacts } from "../facts/facts.ts";
import { blobData, type LinkKind, linkFile } from "../layout/paths.ts";
import type { LinkTable } from "./links.ts";
import { ManifestOverlay, type ManifestView } from "./manifest-overlay.ts";
import type { RepositoryNode, RootGraph } from "./root-graph.ts";
import type { SharedBlob } from "./stored-blobs.ts";

type LinkView = Pick<LinkTable, "find" | "place" | "target" | "state" | "reason">;

export interface GraphView
  extends Pick<
    RootGraph,
    | "digests"
    | "tags"
    | "repositories"
    | "repository"
    | "blobState"
    | "blobSize"
    | "isBlobCorrupt"
    | "hasBlobFolder"
    | "blockedBlobFolders"
    | "sharedBlobs"
    | "isLinkedBlob"
    | "linkState"
    | "servesByLayerLink"
  > {
  readonly manifests: ManifestView;
  readonly layerLinks: LinkView;
  readonly revisions: LinkView;
  links(kind: LinkKind): LinkView;
}

/** In columns of changes: 0 where nothing has changed. */
const GONE = 1;

/** The links of one kind, with changes: new ones get numbers from the table's length on. */
class LinkOverlay implements LinkView {
  readonly #table: LinkTable;
  /** By number: GONE, or what the link holds now plus two. */
  readonly #changed = new Integers();
  readonly #added: number[] = [];
  readonly #addedBy = new Map<string, number>();

  constructor(table: LinkTable, like?: LinkOverlay) {
    this.#table = table;
    if (!like) return;
    for (let link = 0; link < like.#changed.length; link++) this.#changed.push(like.#changed.at(link));
    for (const place of like.#added) this.#added.push(place);
    for (const [key, link] of like.#addedBy) this.#addedBy.set(key, link);
  }

  find(repository: number, place: number): number {
    const link = this.#table.find(repository, place);
    if (link >= 0 || this.#added.length === 0) return link;
    return this.#addedBy.get(`${repository} ${place}`) ?? -1;
  }

  place(link: number): number {
    return this.#added[link - this.#table.length] ?? this.#table.place(link);
  }

  target(link: number): number {
    const changed = this.#changed.at(link);
    if (changed === 0) return this.#table.target(link);
    return changed === GONE ? -1 : changed - 2;
  }

  state(link: number): DiskState {
    const changed = this.#changed.at(link);
    if (changed === 0) return this.#table.state(link);
    return changed === GONE ? DiskState.absent : DiskState.ok;
  }

  reason(link: number): string {
    return this.#table.reason(link);
  }

  remove(link: number): void {
    this.#changed.set(link, GONE);
  }

  set(repository: number, place: number, target: number): void {
    let link = this.find(repository, place);
    if (link < 0) {
      link = this.#table.length + this.#added.length;
      this.#added.push(place);
      this.#addedBy.set(`${repository} ${place}`, link);
    }
    this.#changed.set(link, target + 2);
  }
}

/** Changes to a graph that leave the graph itself as it is. What it costs goes by the changes, not by the graph. */
export class GraphOverlay implements GraphView {
  readonly #graph: RootGraph;
  readonly digests: GraphView["digests"];
  readonly tags: GraphView["tags"];
  readonly servesByLayerLink: boolean;
  readonly layerLinks: LinkOverlay;
  readonly revisions: LinkOverlay;
  readonly #corrupt: ReadonlySet<number>;
  #manifests: RootGraph["manifests"] | ManifestOverlay;
  /** By digest: GONE, or 2 for a blob that is put there. */
  readonly #blobs = new Integers();
  readonly #sizes = new Map<number, number>();
  readonly #unblocked = new Set<string>();
  #repositories: readonly RepositoryNode[];

  /**
   * `corrupt` are blobs whose content is known not to match, besides those that the graph knows; it may grow. With `like`,
   * the links are as they are there.
   */
  constructor(graph: RootGraph, corrupt: ReadonlySet<number> = new Set(), like?: GraphOverlay) {
    this.#graph = graph;
    this.#corrupt = corrupt;
    this.digests = graph.digests;
    this.tags = graph.tags;
    this.servesByLayerLink = graph.servesByLayerLink;
    this.#manifests = graph.manifests;
    this.layerLinks = new LinkOverlay(graph.layerLinks, like?.layerLinks);
    this.revisions = new LinkOverlay(graph.revisions, like?.revisions);
    this.#repositories = graph.repositories();
  }

  /** Another overlay of the same graph with the same changes of links, and of nothing else. */
  withSameLinks(): GraphOverlay {
    return new GraphOverlay(this.#graph, this.#corrupt, this);
  }

  get manifests(): ManifestView {
    return this.#manifests;
  }

  links(kind: LinkKind): LinkOverlay {
    return kind === "layer" ? this.layerLinks : this.revisions;
  }

  repositories(): RepositoryNode[] {
    return [...this.#repositories];
  }

  /** Leaves out the others from now on, or none (undefined); gives whether there are more of them than before. */
  keepRepositories(kept: ReadonlySet<RepositoryNode> | undefined): boolean {
    const before = this.#repositories.length;
    this.#repositories = this.#graph.repositories().filter((repository) => kept?.has(repository) ?? true);
    return this.#repositories.length > before;
  }

  repository(index: number): RepositoryNode {
    return this.#graph.repository(index);
  }

  linkState(repository: RepositoryNode, kind: LinkKind, digest: number): DiskState {
    const links = this.links(kind);
    const link = links.find(repository.index, digest);
    if (link >= 0) return links.state(link);
    return this.blockerOfLink(repository, kind, digest)?.state ?? DiskState.absent;
  }

  /** What stands in the way of a link that is not listed, where something does. */
  blockerOfLink({ name, blocked }: RepositoryNode, kind: LinkKind, digest: number): BlockedFolder | undefined {
    if (blocked.length === 0 || !this.digests.isDigest(digest)) return undefined;
    return this.#blocker(blocked, linkFile(name, kind, this.digests.text(digest)));
  }

  blobState(digest: number): DiskState {
    const changed = this.#blobs.at(digest);
    if (changed !== 0) return changed === GONE ? DiskState.absent : DiskState.ok;
    if (this.#unblocked.size === 0 || this.#graph.hasBlobFolder(digest)) return this.#graph.blobState(digest);
    return this.blockerOfBlob(digest)?.state ?? DiskState.absent;
  }

  /** What stands in the way of a blob that has no folder, where something does. */
  blockerOfBlob(digest: number): BlockedFolder | undefined {
    const blocked = this.#graph.blockedBlobFolders();
    if (blocked.length === 0 || !this.digests.isDigest(digest)) return undefined;
    return this.#blocker(blocked, blobData(this.digests.text(digest)));
  }

  /** Bytes; 0 where there is no data. */
  blobSize(digest: number): number {
    const changed = this.#blobs.at(digest);
    if (changed === 0) return this.#graph.blobSize(digest);
    return changed === GONE ? 0 : this.#sizes.get(digest)!;
  }

  hasBlobFolder(digest: number): boolean {
    return this.#blobs.at(digest) > GONE || this.#graph.hasBlobFolder(digest);
  }

  blockedBlobFolders(): readonly BlockedFolder[] {
    return this.#graph.blockedBlobFolders();
  }

  sharedBlobs(): SharedBlob[] {
    return this.#graph.sharedBlobs();
  }

  isLinkedBlob(digest: number): boolean {
    return this.#blobs.at(digest) === 0 && this.#graph.isLinkedBlob(digest);
  }

  isBlobCorrupt(digest: number): boolean {
    if (this.#blobs.at(digest) !== 0) return false;
    return this.#graph.isBlobCorrupt(digest) || this.#corrupt.has(digest);
  }

  /** Writes a link; gives whether that changes anything. */
  setLink(repository: RepositoryNode, kind: LinkKind, place: number, target: number): boolean {
    const links = this.links(kind);
    const link = links.find(repository.index, place);
    if (link >= 0 && links.state(link) === DiskState.ok && links.target(link) === target) return false;
    links.set(repository.index, place, target);
    return true;
  }

  /** Takes a link away; gives whether that changes anything. */
  removeLink(repository: RepositoryNode, kind: LinkKind, place: number): boolean {
    const links = this.links(kind);
    const link = links.find(repository.index, place);
    if (link < 0 || links.state(link) === DiskState.absent) return false;
    links.remove(link);
    return true;
  }

  /** Puts a blob of so many bytes into the store. */
  addBlob(digest: number, size: number): void {
    this.#blobs.set(digest, 2);
    this.#sizes.set(digest, size);
  }

  /** Says what a blob is that the graph has not read as a manifest: `facts` are of this one alone. */
  addManifest(digest: number, facts: ManifestFacts): void {
    if (!(this.#manifests instanceof ManifestOverlay)) {
      this.#manifests = new ManifestOverlay(this.#graph.manifests, this.digests);
    }
    this.#manifests.add(digest, facts);
  }

  /** Takes a blob's data away; gives whether that changes anything. */
  removeBlob(digest: number): boolean {
    if (this.#blobs.at(digest) === GONE) return false;
    this.#blobs.set(digest, GONE);
    return true;
  }

  /** Takes away what stands at this path in place of a folder; gives whether that changes anything. */
  unblock(path: string): boolean {
    if (this.#unblocked.has(path)) return false;
    this.#unblocked.add(path);
    return true;
  }

  isUnblocked(path: string): boolean {
    return [...this.#unblocked].some((place) => path === place || path.startsWith(`${place}/`));
  }

  #blocker(blocked: readonly BlockedFolder[], path: string): BlockedFolder | undefined {
    return blocked.find((folder) => path.startsWith(`${folder.path}/`) && !this.isUnblocked(folder.path));
  }
}
