// What the graph holds true of the disk and a finding rests on, as plain data that can be held against the disk.

import type { ClosedPath, User } from "../facts/closed.ts";
import { DiskState, Role } from "../facts/facts.ts";
import { blobData, linkFile, tagCurrent, tagFolder } from "../layout/paths.ts";
import type { RepositoryNode, RootGraph } from "./root-graph.ts";

export type Claim =
  /** A link's state, and the digest that it holds ("" unless its state is ok). */
  | { readonly kind: "link"; readonly path: string; readonly state: DiskState; readonly target: string }
  /** Whether a folder, or whatever has its name, is there; with the digest of the blob that it is, where it is one. */
  | { readonly kind: "folder"; readonly path: string; readonly present: boolean; readonly digest?: string }
  /** A blob's state and bytes. */
  | {
      readonly kind: "blob";
      readonly path: string;
      readonly digest: string;
      readonly state: DiskState;
      readonly size: number;
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
  | { readonly kind: "content"; readonly path: string; readonly digest: string }
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

/**
 * The claims about these digests and tags of a repository: the digests' links and blobs, and what the tags name.
 * `suspects` are those of the digests whose content is in question.
 */
export function* claimsOf(
  graph: RootGraph,
  repository: RepositoryNode,
  about: {
    readonly digests: readonly number[];
    readonly suspects: readonly number[];
    readonly tags: readonly number[];
  },
): Generator<Claim> {
  const blobs = new Set<number>();
  for (const digest of about.digests) {
    if (digest < 0 || !graph.digests.isDigest(digest)) continue;
    blobs.add(digest);
    for (const kind of ["revision", "layer"] as const) {
      const links = graph.links(kind);
      const link = links.find(repository.index, digest);
      const state = graph.linkState(repository, kind, digest);
      const target = link < 0 ? -1 : links.target(link);
      if (target >= 0) blobs.add(target);
      const path = linkFile(repository.name, kind, graph.digests.text(digest));
      yield { kind: "link", path, state, target: target < 0 ? "" : graph.digests.text(target) };
    }
  }
  for (const tag of about.tags) {
    const target = graph.tags.target(tag);
    // A tag that is being deleted loses its link first and then its folder: it has dangled only if the folder stays.
    if (graph.tags.state(tag) === DiskState.absent) {
      yield { kind: "folder", path: tagFolder(repository.name, graph.tags.name(tag)), present: true };
    }
    yield {
      kind: "link",
      path: tagCurrent(repository.name, graph.tags.name(tag)),
      state: graph.tags.state(tag),
      target: target < 0 ? "" : graph.digests.text(target),
    };
  }
  for (const blob of blobs) {
    const digest = graph.digests.text(blob);
    yield { kind: "blob", path: blobData(digest), digest, state: graph.blobState(blob), size: graph.blobSize(blob) };
    const manifest = about.suspects.includes(blob) ? graph.manifests.find(blob) : -1;
    if (manifest >= 0) {
      const [size, corrupt] = [graph.manifests.size(manifest), graph.manifests.isCorrupt(manifest)];
      yield { kind: "manifest", path: blobData(digest), digest, size, corrupt };
    }
    if (graph.isBlobCorrupt(blob)) yield { kind: "content", path: blobData(digest), digest };
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
