// The graph as it would be after the steps that a plan has so far, so that what they heal can be seen before anybody
// does them.

import { type BlockedFolder, DiskState } from "../facts/facts.ts";
import type { LinkTable } from "../graph/links.ts";
import type { GraphView } from "../graph/overlay.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import { blobData, type LinkKind, linkFile } from "../layout/paths.ts";

const GONE = -1;

/** The links of one kind, with changes: new ones get numbers from the table's length on. */
class MendedLinks {
  readonly #table: LinkTable;
  /** By number: what the link holds now, or GONE. */
  readonly #changed = new Map<number, number>();
  readonly #added: number[] = [];
  readonly #addedBy = new Map<string, number>();

  constructor(table: LinkTable) {
    this.#table = table;
  }

  find(repository: number, place: number): number {
    const link = this.#table.find(repository, place);
    return link >= 0 ? link : (this.#addedBy.get(`${repository} ${place}`) ?? -1);
  }

  place(link: number): number {
    return this.#added[link - this.#table.length] ?? this.#table.place(link);
  }

  target(link: number): number {
    return this.#changed.get(link) ?? this.#table.target(link);
  }

  state(link: number): DiskState {
    const target = this.#changed.get(link);
    if (target === undefined) return this.#table.state(link);
    return target === GONE ? DiskState.absent : DiskState.ok;
  }

  reason(link: number): string {
    return this.#table.reason(link);
  }

  set(repository: number, place: number, target: number): void {
    let link = this.find(repository, place);
    if (link < 0) {
      link = this.#table.length + this.#added.length;
      this.#added.push(place);
      this.#addedBy.set(`${repository} ${place}`, link);
    }
    this.#changed.set(link, target);
  }
}

export class MendedGraph implements GraphView {
  readonly #graph: RootGraph;
  readonly digests: GraphView["digests"];
  readonly tags: GraphView["tags"];
  readonly manifests: GraphView["manifests"];
  readonly layerLinks: MendedLinks;
  readonly revisions: MendedLinks;
  readonly #corrupt: ReadonlySet<number>;
  /** By digest: the size of a blob that is put there, or GONE. */
  readonly #blobs = new Map<number, number>();
  readonly #unblocked = new Set<string>();
  #repositories: readonly RepositoryNode[];

  /** `corrupt` are blobs that were hashed besides those that the graph knows; it may grow. */
  constructor(graph: RootGraph, corrupt: ReadonlySet<number>) {
    this.#graph = graph;
    this.#corrupt = corrupt;
    this.digests = graph.digests;
    this.tags = graph.tags;
    this.manifests = graph.manifests;
    this.layerLinks = new MendedLinks(graph.layerLinks);
    this.revisions = new MendedLinks(graph.revisions);
    this.#repositories = graph.repositories();
  }

  links(kind: LinkKind): MendedLinks {
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
    const size = this.#blobs.get(digest);
    if (size !== undefined) return size === GONE ? DiskState.absent : DiskState.ok;
    if (this.#unblocked.size === 0 || this.#graph.hasBlobFolder(digest)) return this.#graph.blobState(digest);
    return this.blockerOfBlob(digest)?.state ?? DiskState.absent;
  }

  /** What stands in the way of a blob that has no folder, where something does. */
  blockerOfBlob(digest: number): BlockedFolder | undefined {
    const blocked = this.#graph.blockedBlobFolders();
    if (blocked.length === 0 || !this.digests.isDigest(digest)) return undefined;
    return this.#blocker(blocked, blobData(this.digests.text(digest)));
  }

  blobSize(digest: number): number {
    return this.#blobs.get(digest) ?? this.#graph.blobSize(digest);
  }

  isBlobCorrupt(digest: number): boolean {
    if (this.#blobs.has(digest)) return false;
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
    links.set(repository.index, place, GONE);
    return true;
  }

  addBlob(digest: number, size: number): void {
    this.#blobs.set(digest, size);
  }

  /** Takes a blob's data away; gives whether that changes anything. */
  removeBlob(digest: number): boolean {
    if (this.#blobs.get(digest) === GONE) return false;
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
