// What a garbage collection, and deletes before it, take from images that are kept: parts that clients still get, and
// content from which the image could be repaired while it is on the disk.
import { ROLE_NAMES } from "../../contract/finding.ts";
import { Bytes } from "../../facts/columns.ts";
import { Role } from "../../facts/facts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import type { LinkKind } from "../../layout/paths.ts";
import type { HttpDeletes } from "../delete/http-deletes.ts";
import { serveBlob, serveManifest } from "../serve/serve.ts";
import type { Collection, CollectOptions } from "./collection.ts";

export interface TakenPart {
  readonly digest: number;
  readonly role: "manifest" | "child" | "config" | "layer";
  readonly platform: string | undefined;
  /** Whether a client gets it today; else it is content that a repair from this disk would need. */
  readonly served: boolean;
}

/** What is gone, links by their numbers. */
interface Gone extends Pick<Collection, "isBlobDeleted" | "deletedBlobs"> {
  readonly revisionLinks: Bytes;
  readonly layerLinks: Bytes;
}

/** An image, and what is taken of it. */
export interface Harm {
  readonly repository: RepositoryNode;
  /** -1 for a manifest that no tag names. */
  readonly tag: number;
  /** The digest of its manifest. */
  readonly image: number;
  readonly taken: readonly TakenPart[];
}

/**
 * The images that are kept and lose something, by repository, then as it lists its tags, manifests without a tag last. What
 * only removed tags led to is not kept: who removes the tags of an image does not need it, nor who deletes its manifest.
 * With `deletes`, `removedTags` are those that are meant to go: another tag that a delete takes is an image that loses all.
 * Which links lead to a part today does not matter: a link can be written again, content cannot. Linear in what the
 * images of a repository reference, unless one of them loses something.
 */
export function harmsOf(
  graph: RootGraph,
  after: GraphView,
  collection: Collection,
  { removedTags }: Pick<CollectOptions, "removedTags">,
  deletes?: HttpDeletes,
): Harm[] {
  const harms: Harm[] = [];
  const gone = goneBy(collection, deletes);
  for (const repository of graph.repositories()) {
    const losses = new Losses(graph, after, repository, gone);
    const targets = removedTargets(graph, repository, removedTags);
    for (const digest of deletes?.deletedIn(repository) ?? []) targets.push(digest);
    const unneeded = losses.manifestsBelow(targets);
    const images = keptImages(graph, repository, { removedTags, revisionLinks: gone.revisionLinks, unneeded });
    if (!losses.isAnyIn(images.map(({ image }) => image))) continue;
    for (const { tag, image } of images) {
      const taken = losses.of(image);
      if (taken.length > 0) harms.push({ repository, tag, image, taken });
    }
  }
  return harms;
}

function removedTargets(graph: RootGraph, { tags }: RepositoryNode, removedTags: CollectOptions["removedTags"]) {
  const targets: number[] = [];
  if (removedTags.length === 0) return targets;
  for (const tag of tags) if (removedTags.at(tag) === 1) targets.push(graph.tags.target(tag));
  return targets;
}

/** What is gone after the deletes and the garbage collection. */
function goneBy(collection: Collection, deletes: HttpDeletes | undefined): Gone {
  const { deletedLinks, isBlobDeleted, deletedBlobs } = collection;
  const blobs = { isBlobDeleted, deletedBlobs };
  if (!deletes) return { ...blobs, revisionLinks: deletedLinks.revision, layerLinks: deletedLinks.layer };
  const either = (kind: LinkKind) => {
    const gone = new Bytes();
    for (const links of [deletedLinks[kind], deletes.removedLinks[kind]]) {
      for (let link = 0; link < links.length; link++) if (links.at(link) === 1) gone.set(link, 1);
    }
    return gone;
  };
  return { ...blobs, revisionLinks: either("revision"), layerLinks: either("layer") };
}

interface Going extends Pick<CollectOptions, "removedTags">, Pick<Gone, "revisionLinks"> {
  /** Manifests that nobody needs who has no tag for them. */
  readonly unneeded: ReadonlySet<number>;
}

/** The manifests that tags name, and those that are linked without a tag, as far as they stay and are needed. */
function keptImages(
  graph: RootGraph,
  { tags, revisions }: RepositoryNode,
  { removedTags, revisionLinks, unneeded }: Going,
): { readonly tag: number; readonly image: number }[] {
  const images: { tag: number; image: number }[] = [];
  const tagged = new Set<number>();
  for (const tag of tags) {
    const image = graph.tags.target(tag);
    if (image < 0 || removedTags.at(tag) === 1) continue;
    images.push({ tag, image });
    tagged.add(image);
  }
  for (const link of revisions) {
    const image = graph.revisions.target(link);
    if (image < 0 || revisionLinks.at(link) === 1 || tagged.has(image) || unneeded.has(image)) continue;
    images.push({ tag: -1, image });
  }
  return images;
}

/** A part on the way down: of the image's manifest, the reference is -1. */
interface Part {
  readonly digest: number;
  readonly reference: number;
}

/** What the images of one repository lose. */
class Losses {
  readonly #before: RootGraph;
  readonly #after: GraphView;
  readonly #repository: RepositoryNode;
  readonly #gone: Gone;
  /** What is lost of each image, as many tags name one. */
  readonly #known = new Map<number, readonly TakenPart[]>();
  /** Sizes of the blobs that go, once one is looked for by its size. */
  #sizesGone: ReadonlySet<number> | undefined;

  constructor(before: RootGraph, after: GraphView, repository: RepositoryNode, gone: Gone) {
    this.#before = before;
    this.#after = after;
    this.#repository = repository;
    this.#gone = gone;
  }

  isAnyIn(images: readonly number[]): boolean {
    for (const part of this.#parts(images)) if (this.#loss(part) !== undefined) return true;
    return false;
  }

  /** These manifests and their children, to any depth. */
  manifestsBelow(images: readonly number[]): ReadonlySet<number> {
    const found = new Set<number>();
    for (const part of this.#parts(images)) if (this.#isManifest(part)) found.add(part.digest);
    return found;
  }

  of(image: number): readonly TakenPart[] {
    const known = this.#known.get(image);
    if (known) return known;
    const taken: TakenPart[] = [];
    const { manifests } = this.#before;
    for (const part of this.#parts([image])) {
      const served = this.#loss(part);
      if (served === undefined) continue;
      const { digest, reference } = part;
      const role = reference < 0 ? "manifest" : ROLE_NAMES[manifests.role(reference)];
      taken.push({ digest, role, platform: reference < 0 ? undefined : manifests.platform(reference), served });
    }
    this.#known.set(image, taken);
    return taken;
  }

  /** The images' manifests and all that those reference, as far as manifests are in the store, each once as what it is asked for. */
  *#parts(images: readonly number[]): Generator<Part> {
    const { manifests, digests } = this.#before;
    const seen = { manifest: new Set<number>(), blob: new Set<number>() };
    const open: Part[] = images.map((digest) => ({ digest, reference: -1 })).reverse();
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      const isManifest = this.#isManifest(part);
      const known = isManifest ? seen.manifest : seen.blob;
      if (known.has(part.digest) || !digests.isDigest(part.digest)) continue;
      known.add(part.digest);
      yield part;
      for (const content of isManifest ? this.#contentsOf(part.digest) : []) {
        const manifest = manifests.find(content);
        if (manifest < 0 || !manifests.isParsed(manifest)) continue;
        for (const reference of [...manifests.references(manifest)].reverse()) {
          open.push({ digest: manifests.target(reference), reference });
        }
      }
    }
  }

  #isManifest({ reference }: Part): boolean {
    return reference < 0 || this.#before.manifests.role(reference) === Role.child;
  }

  /** The blob that should be served under a manifest's digest, and another that is. */
  #contentsOf(digest: number): number[] {
    const { answer, blob } = serveManifest(this.#before, this.#repository, digest);
    return answer === "served" && blob !== digest ? [blob, digest] : [digest];
  }

  /** Whether a part that is taken is served today; undefined where it is not taken. */
  #loss(part: Part): boolean | undefined {
    const serve = this.#isManifest(part) ? serveManifest : serveBlob;
    if (!this.#isTouched(part.digest)) return this.#mayBeAmongGone(part, serve) ? false : undefined;
    const isServed = serve(this.#before, this.#repository, part.digest).answer === "served";
    if (isServed && serve(this.#after, this.#repository, part.digest).answer !== "served") return true;
    // What is served before and after may be another blob that the link names: the right one is what a repair needs.
    const content = this.#linked("layer", part.digest);
    const isAlias = content >= 0 && this.#before.digests.algorithm(part.digest) !== "sha256";
    return this.#isUseful(part.digest) || (isAlias && this.#isUseful(content)) ? false : undefined;
  }

  /**
   * Whether a blob goes that may be the content of a part that no link leads to. The store keeps all content by its sha256, so that of
   * another digest nothing but its size tells.
   */
  #mayBeAmongGone({ digest, reference }: Part, serve: typeof serveBlob): boolean {
    const { manifests, digests } = this.#before;
    if (reference < 0 || digests.algorithm(digest) === "sha256") return false;
    if (serve(this.#after, this.#repository, digest).answer === "served") return false;
    this.#sizesGone ??= new Set(this.#gone.deletedBlobs.map((blob) => this.#before.blobSize(blob)));
    const size = manifests.targetSize(reference);
    return Number.isNaN(size) ? this.#sizesGone.size > 0 : this.#sizesGone.has(size);
  }

  /** Whether a blob goes that is what its digest says, as far as known. */
  #isUseful(blob: number): boolean {
    if (this.#gone.isBlobDeleted.at(blob) !== 1 || this.#before.isBlobCorrupt(blob)) return false;
    const manifest = this.#before.manifests.find(blob);
    return manifest < 0 || !this.#before.manifests.isCorrupt(manifest);
  }

  /** Whether anything goes that has to do with the digest here: of most, nothing. */
  #isTouched(digest: number): boolean {
    const { revisionLinks, layerLinks, isBlobDeleted } = this.#gone;
    if (isBlobDeleted.at(digest) === 1) return true;
    const revision = this.#before.revisions.find(this.#repository.index, digest);
    if (revision >= 0 && revisionLinks.at(revision) === 1) return true;
    const isUnlinked = (blob: number) => {
      if (layerLinks.length === 0) return false;
      const layer = this.#before.layerLinks.find(this.#repository.index, blob);
      return layer >= 0 && layerLinks.at(layer) === 1;
    };
    // A blob is resolved twice: the link of what its link names counts as well.
    const layer = this.#linked("layer", digest);
    if (isUnlinked(digest) || (layer >= 0 && isUnlinked(layer))) return true;
    const isGone = (blob: number) => blob >= 0 && isBlobDeleted.at(blob) === 1;
    return isGone(layer) || isGone(this.#linked("revision", digest));
  }

  /** The blob that the repository's link of this digest names; -1 where it names none. */
  #linked(kind: LinkKind, digest: number): number {
    const links = this.#before.links(kind);
    const link = links.find(this.#repository.index, digest);
    return link < 0 ? -1 : links.target(link);
  }
}
