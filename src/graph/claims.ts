// What the graph holds true of the disk and a finding rests on, as plain data that can be held against the disk.

import type { ClosedPath, User } from "../facts/closed.ts";
import { DiskState, Role } from "../facts/facts.ts";
import { blobData, type LinkKind, linkFile, tagCurrent, tagFolder } from "../layout/paths.ts";
import type { RepositoryNode, RootGraph } from "./root-graph.ts";

export type Claim =
  /** A link's state, and the digest that it holds ("" unless its state is ok). */
  | {
      readonly kind: "link";
      readonly path: string;
      readonly state: DiskState;
      readonly target: string;
      /** Where reading this repository tells it. */
      readonly repository?: RepositoryNode;
    }
  /** Whether a folder, or whatever has its name, is there; with the digest of the blob that it is, where it is one. */
  | {
      readonly kind: "folder";
      readonly path: string;
      readonly present: boolean;
      readonly digest?: string;
      readonly repository?: RepositoryNode;
    }
  /** A blob's state and bytes; its number. */
  | {
      readonly kind: "blob";
      readonly path: string;
      readonly digest: string;
      readonly state: DiskState;
      readonly size: number;
      readonly blob: number;
    }
  /** A blob that was read as a manifest and found wanting: its bytes, and whether they hash to its digest. */
  | {
      readonly kind: "manifest";
      readonly path: string;
      readonly digest: string;
      readonly size: number;
      readonly corrupt: boolean;
    }
  /** A blob that was hashed and whose content is other than its digest. */
  | {
      readonly kind: "content";
      readonly path: string;
      readonly digest: string;
      /** Of its file when it was hashed: bytes, and modification in milliseconds since 1970. */
      readonly size: number;
      readonly modified: number;
    }
  /** A scheduler-state.json that no cache starts with. */
  | { readonly kind: "cache-state"; readonly path: string }
  /** What a user may not do, by owner and mode, with a file or directory. */
  | { readonly kind: "closed"; readonly path: string; readonly need: ClosedPath["need"]; readonly user: User }
  | NameClaim;

/** What rests on the whole tree of repository names, as the registry walks it. */
export type NameClaim =
  /** A repository that is there, and that the walk does not meet. */
  | { readonly kind: "unseen"; readonly path: string; readonly repository: string }
  /** An entry that ends the walk of its folder, or makes garbage collection abort. */
  | { readonly kind: "stops-walk"; readonly path: string };

/** What of a root was read over and is as it was: no claim about it need be looked at by itself. */
export interface AsRead {
  repository(repository: RepositoryNode): boolean;
  /** By the blob's number. */
  blob(blob: number): boolean;
}

/**
 * The claims about these digests and tags of a repository: the digests' links and blobs, and what the tags name; without
 * those that `asRead` answers, which for a million findings are nearly all. `suspects` are those of the digests whose content
 * is in question.
 */
export function claimsOf(
  graph: RootGraph,
  repository: RepositoryNode,
  about: {
    readonly digests: readonly number[];
    readonly suspects: readonly number[];
    readonly tags: readonly number[];
  },
  asRead?: AsRead,
): readonly Claim[] {
  const claims: Claim[] = [];
  const blobs = new FewNumbers();
  const areLinksKnown = asRead?.repository(repository) === true;
  for (const digest of about.digests) {
    if (digest < 0 || !graph.digests.isDigest(digest)) continue;
    blobs.add(digest);
    for (const kind of KINDS) {
      const links = graph.links(kind);
      const link = links.find(repository.index, digest);
      const target = link < 0 ? -1 : links.target(link);
      if (target >= 0) blobs.add(target);
      if (areLinksKnown) continue;
      const state = graph.linkState(repository, kind, digest);
      claims.push(new LinkClaim(graph, repository, kind, digest, state, target));
    }
  }
  for (const tag of about.tags) {
    const target = graph.tags.target(tag);
    if (target >= 0 && graph.manifests.isFromIndex(graph.manifests.find(target))) blobs.add(target);
    if (areLinksKnown) continue;
    // A tag that is being deleted loses its link first and then its folder: it has dangled only if the folder stays.
    if (graph.tags.state(tag) === DiskState.absent) {
      const path = tagFolder(repository.name, graph.tags.name(tag));
      claims.push({ kind: "folder", path, present: true, repository });
    }
    claims.push(new LinkClaim(graph, repository, "tag", tag, graph.tags.state(tag), target));
  }
  for (const blob of blobs.all) {
    if (asRead?.blob(blob) !== true) claims.push(new BlobClaim(graph, blob));
    const manifest = graph.manifests.find(blob);
    if (manifest < 0 && !graph.isBlobCorrupt(blob)) continue;
    const digest = graph.digests.text(blob);
    // What was taken from the index has not been read yet.
    if (manifest >= 0 && (about.suspects.includes(blob) || graph.manifests.isFromIndex(manifest))) {
      const [size, corrupt] = [graph.manifests.size(manifest), graph.manifests.isCorrupt(manifest)];
      claims.push({ kind: "manifest", path: blobData(digest), digest, size, corrupt });
    }
    if (graph.isBlobCorrupt(blob)) {
      const [size, modified] = [graph.blobSize(blob), graph.blobModified(blob)];
      claims.push({ kind: "content", path: blobData(digest), digest, size, modified });
    }
  }
  return claims;
}

const KINDS = ["revision", "layer"] as const;

/** So few numbers are looked through faster than a set is made. */
const FEW = 8;

/** Numbers, each once, of which there are most often one or two. */
class FewNumbers {
  readonly all: number[] = [];
  #known: Set<number> | undefined;

  add(number: number): void {
    if (this.all.length >= FEW) this.#known ??= new Set(this.all);
    if (this.#known ? this.#known.has(number) : this.all.includes(number)) return;
    this.all.push(number);
    this.#known?.add(number);
  }
}

/**
 * A link of a repository. Its texts are made when they are asked for, as hardly any are where a whole root is read over. A
 * class, since an object with a getter of its own costs ten times as much.
 */
class LinkClaim {
  readonly kind = "link";
  readonly #graph: RootGraph;
  readonly repository: RepositoryNode;
  readonly #link: LinkKind | "tag";
  /** The link's digest, or the tag. */
  readonly #place: number;
  readonly state: DiskState;
  readonly #target: number;

  constructor(
    graph: RootGraph,
    repository: RepositoryNode,
    link: LinkKind | "tag",
    place: number,
    state: DiskState,
    target: number,
  ) {
    this.#graph = graph;
    this.repository = repository;
    this.#link = link;
    this.#place = place;
    this.state = state;
    this.#target = target;
  }

  get path(): string {
    const { tags, digests } = this.#graph;
    const { name } = this.repository;
    if (this.#link === "tag") return tagCurrent(name, tags.name(this.#place));
    return linkFile(name, this.#link, digests.text(this.#place));
  }

  get target(): string {
    return this.#target < 0 ? "" : this.#graph.digests.text(this.#target);
  }
}

/** A blob; as LinkClaim. */
class BlobClaim {
  readonly kind = "blob";
  readonly #graph: RootGraph;
  readonly blob: number;

  constructor(graph: RootGraph, blob: number) {
    this.#graph = graph;
    this.blob = blob;
  }

  get digest(): string {
    return this.#graph.digests.text(this.blob);
  }

  get path(): string {
    return blobData(this.digest);
  }

  get state(): DiskState {
    return this.#graph.blobState(this.blob);
  }

  get size(): number {
    return this.#graph.blobSize(this.blob);
  }
}

/** The digests that the links, tags and manifests of these repositories name, as far as their manifests are read; some twice. */
export function* wantedBlobs(graph: RootGraph, repositories: readonly string[]): Generator<number> {
  const manifests = new Set<number>();
  for (const name of repositories) {
    const repository = graph.findRepository(name);
    if (!repository) continue;
    for (const tag of repository.tags) manifests.add(graph.tags.target(tag));
    for (const link of repository.revisions) manifests.add(graph.revisions.target(link));
    for (const link of repository.layerLinks) {
      if (graph.layerLinks.target(link) >= 0) yield graph.layerLinks.target(link);
    }
  }
  for (const digest of manifests) {
    if (digest < 0) continue;
    yield digest;
    const manifest = graph.manifests.find(digest);
    if (manifest < 0) continue;
    for (const reference of graph.manifests.references(manifest)) {
      const target = graph.manifests.target(reference);
      if (!graph.digests.isDigest(target)) continue;
      if (graph.manifests.role(reference) === Role.child) manifests.add(target);
      else yield target;
    }
  }
}
