// What a tag clean-up removes that its user may not have meant to: the tag pushed last, a kept image's signatures.
import type { Bytes } from "../../facts/columns.ts";
import { Role } from "../../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import { signedDigest } from "../../layout/names.ts";

export type CleanUpHazard =
  /** The tag was pushed after all others of its repository. A push to a tag leaves its directory's time, by which clean-ups go. */
  | "pushed-last"
  /** A tag with an equal time is kept: which of them goes is chance. */
  | "tie"
  /** A signature or attestation goes, and the image that it belongs to stays. */
  | "lost-signature"
  /** A signature or attestation stays, and the image that it belongs to goes. */
  | "outlives-image";

export interface CleanUpWarning {
  readonly tag: number;
  readonly hazard: CleanUpHazard;
}

/**
 * The tags to warn of, by repository. `removed` and `named` hold 1 at the numbers of tags that go, and of those that
 * were named one by one, of which nothing but an image that its signature outlives is said. The tags must have been read
 * with their times.
 */
export function* cleanUpWarnings(graph: RootGraph, removed: Bytes, named: Bytes): Generator<CleanUpWarning> {
  if (removed.length === 0) return;
  for (const repository of graph.repositories()) {
    const isChosen = (tag: number) => removed.at(tag) === 1 && named.at(tag) === 0;
    const last = newest(repository, (tag) => graph.tags.pushed(tag));
    if (last >= 0 && isChosen(last)) yield { tag: last, hazard: "pushed-last" };
    yield* ties(graph, repository, removed, isChosen);
    yield* signatures(graph, repository, removed, isChosen);
  }
}

function newest({ tags }: RepositoryNode, timeOf: (tag: number) => number): number {
  let newest = -1;
  for (const tag of tags) {
    if (timeOf(tag) > 0 && (newest < 0 || timeOf(tag) > timeOf(newest))) newest = tag;
  }
  return newest;
}

function* ties(
  graph: RootGraph,
  { tags }: RepositoryNode,
  removed: Bytes,
  isChosen: (tag: number) => boolean,
): Generator<CleanUpWarning> {
  const kept = new Set<number>();
  for (const tag of tags) if (removed.at(tag) === 0) kept.add(graph.tags.modified(tag));
  for (const tag of tags) {
    if (isChosen(tag) && kept.has(graph.tags.modified(tag))) yield { tag, hazard: "tie" };
  }
}

/** The digest that the tag is the signature or the list of referrers of: -1 for one that the root does not know; undefined for another tag. */
export function signedImage({ tags, digests }: RootGraph, tag: number): number | undefined {
  const digest = signedDigest(tags.name(tag));
  return digest === undefined ? undefined : digests.find(digest);
}

function* signatures(
  graph: RootGraph,
  { tags }: RepositoryNode,
  removed: Bytes,
  isChosen: (tag: number) => boolean,
): Generator<CleanUpWarning> {
  const kept = new Set<number>();
  const gone = new Set<number>();
  const signed: (readonly [tag: number, image: number])[] = [];
  for (const tag of tags) {
    const image = signedImage(graph, tag);
    if (image !== undefined) signed.push([tag, image]);
    else addImage(graph, graph.tags.target(tag), removed.at(tag) === 1 ? gone : kept);
  }
  for (const [tag, image] of signed) {
    if (isChosen(tag) && kept.has(image)) yield { tag, hazard: "lost-signature" };
    if (removed.at(tag) === 0 && gone.has(image) && !kept.has(image)) yield { tag, hazard: "outlives-image" };
  }
}

/** Adds a manifest with its children, to any depth. */
function addImage({ digests, manifests }: RootGraph, image: number, images: Set<number>): void {
  const open = [image];
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    if (digest < 0 || images.has(digest) || !digests.isDigest(digest)) continue;
    images.add(digest);
    const manifest = manifests.find(digest);
    if (manifest < 0) continue;
    for (const reference of manifests.references(manifest)) {
      if (manifests.role(reference) === Role.child) open.push(manifests.target(reference));
    }
  }
}
