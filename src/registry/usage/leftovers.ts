// What is left of images and repositories that are gone: signatures and the like of no image, and repositories without one.
import { DiskState } from "../../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import { parseDigest } from "../../layout/digest.ts";
import { signedDigest } from "../../layout/names.ts";

/** A signature, attestation, SBOM or other referrer whose image its repository does not have any more. */
export interface OrphanedReferrer {
  readonly repository: RepositoryNode;
  /** -1 for one without a tag, which names its image as its subject. */
  readonly tag: number;
  /** Its own manifest. */
  readonly digest: number;
  /** The digest of the image. */
  readonly subject: string;
  /** Of its manifest and what that references, as far as it is in the store. */
  readonly bytes: number;
}

/** By repository: those that a tag names by the image's digest, then those that name it as their subject. */
export function* orphanedReferrers(graph: RootGraph): Generator<OrphanedReferrer> {
  for (const repository of graph.repositories()) {
    const tagged = new Set<number>();
    for (const tag of repository.tags) {
      const subject = signedDigest(graph.tags.name(tag));
      const digest = graph.tags.target(tag);
      if (subject === undefined || digest < 0 || !parseDigest(subject) || isThere(graph, repository, subject)) continue;
      tagged.add(digest);
      yield { repository, tag, digest, subject, bytes: bytesOf(graph, [digest]) };
    }
    for (const tag of repository.tags) tagged.add(graph.tags.target(tag));
    for (const digest of untaggedReferrers(graph, repository)) {
      const subject = graph.digests.text(graph.manifests.subject(graph.manifests.find(digest)));
      if (tagged.has(digest) || isThere(graph, repository, subject)) continue;
      yield { repository, tag: -1, digest, subject, bytes: bytesOf(graph, [digest]) };
    }
  }
}

/** The bytes of all of them together, each blob once. */
export function bytesOfReferrers(graph: RootGraph, referrers: readonly OrphanedReferrer[]): number {
  return bytesOf(
    graph,
    referrers.map(({ digest }) => digest),
  );
}

function* untaggedReferrers(graph: RootGraph, { revisions }: RepositoryNode): Generator<number> {
  for (const link of revisions) {
    const digest = graph.revisions.target(link);
    const manifest = digest < 0 ? -1 : graph.manifests.find(digest);
    if (manifest >= 0 && graph.manifests.subject(manifest) >= 0) yield digest;
  }
}

function isThere(graph: RootGraph, repository: RepositoryNode, digest: string): boolean {
  const id = graph.digests.find(digest);
  // What could not be read may be there.
  const isGone = (state: DiskState) => state !== DiskState.ok && state !== DiskState.unreadable;
  if (id < 0 || isGone(graph.linkState(repository, "revision", id))) return false;
  return !isGone(graph.blobState(id));
}

function bytesOf(graph: RootGraph, manifests: readonly number[]): number {
  const blobs = new Set<number>();
  for (const digest of manifests) {
    blobs.add(digest);
    const manifest = graph.manifests.find(digest);
    if (manifest < 0 || !graph.manifests.isParsed(manifest)) continue;
    for (const reference of graph.manifests.references(manifest)) blobs.add(graph.manifests.target(reference));
  }
  let bytes = 0;
  for (const blob of blobs) if (graph.blobState(blob) === DiskState.ok) bytes += graph.blobSize(blob);
  return bytes;
}

/**
 * The repositories that clients still find in the catalogue, with nothing left to pull: no tag, no revision, no upload that may
 * be the beginning of one. `seen` is whom the registry's own walk meets.
 */
export function emptiedRepositories(graph: RootGraph, seen: readonly string[]): string[] {
  return seen.filter((name) => {
    const repository = graph.findRepository(name);
    if (!repository || repository.tags.length + repository.uploads.length > 0) return false;
    for (const link of repository.revisions) if (graph.revisions.state(link) !== DiskState.absent) return false;
    return repository.tagsState === DiskState.ok || repository.tagsState === DiskState.absent;
  });
}
