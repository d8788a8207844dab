// Walks what each image of a root needs, and notes of each blob who needs it. Linear in the sum of what the images
// need: tags of a repository that name the same manifest are walked once.

import { Bytes, Integers } from "../../facts/columns.ts";
import { DiskState, Role } from "../../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";

export interface WalkedRepository {
  readonly repository: RepositoryNode;
  /** One a manifest that tags name. `total`: bytes of its blobs in the store. */
  readonly images: readonly { readonly holder: number; readonly tags: readonly number[]; readonly total: number }[];
  /** The blobs in the store that its untagged manifests need. */
  readonly untagged: readonly number[];
  /** Bytes of the blobs in the store that any of its manifests needs. */
  readonly total: number;
}

const MANY = -1;

/** Holders are numbered from 1: each manifest that tags of a repository name, and each repository's untagged ones together. */
export class UsageWalk {
  readonly #graph: RootGraph;
  #holders = 0;
  /** By digest: the only holder, and the only repository by its index plus one; 0 for none, MANY for several. */
  readonly #holderOf = new Integers();
  readonly #repositoryOf = new Integers();
  /** By digest: the last holder that was found to need it, and the last to have its references followed. */
  readonly #neededBy = new Integers();
  readonly #followedFor = new Integers();
  /** By digest: the last repository, by its index plus one, that was found to need it, and to have it followed. */
  readonly #neededIn = new Integers();
  readonly #followedIn = new Integers();
  readonly #isTagged = new Bytes();

  constructor(graph: RootGraph) {
    this.#graph = graph;
  }

  walk(repository: RepositoryNode): WalkedRepository {
    const { tags, revisions } = this.#graph;
    const referrers = referrersOf(this.#graph, repository);
    const byTarget = new Map<number, number[]>();
    for (const tag of repository.tags) {
      const target = tags.target(tag);
      const known = byTarget.get(target);
      if (known) known.push(tag);
      else if (target >= 0) byTarget.set(target, [tag]);
    }
    let total = 0;
    const images = [...byTarget].map(([target, tags]) => {
      const needed = this.#hold([target], repository, referrers, true);
      total += needed.newBytes;
      return { holder: this.#holders, tags, total: needed.bytes };
    });
    const starts: number[] = [];
    for (const link of repository.revisions) {
      const target = revisions.target(link);
      if (target >= 0 && this.#followedIn.at(target) !== repository.index + 1) starts.push(target);
    }
    const untagged = this.#hold(starts, repository, referrers, false);
    return { repository, images, untagged: untagged.blobs, total: total + untagged.newBytes };
  }

  /** Who needs a blob, once all repositories are walked. */
  needOf(blob: number): "tagged" | "untagged" | "unreferenced" {
    if (this.#isTagged.at(blob) === 1) return "tagged";
    return this.#holderOf.at(blob) === 0 ? "unreferenced" : "untagged";
  }

  /** The holder that alone needs a blob, if one does; once all repositories are walked. */
  onlyHolder(blob: number): number | undefined {
    const holder = this.#holderOf.at(blob);
    return holder > 0 ? holder : undefined;
  }

  /** The index of the repository that alone needs a blob, if one does; once all repositories are walked. */
  onlyRepository(blob: number): number | undefined {
    const repository = this.#repositoryOf.at(blob);
    return repository > 0 ? repository - 1 : undefined;
  }

  /** Follows manifests for a new holder. `newBytes` are those that the repository was not known to need. */
  #hold(
    starts: readonly number[],
    repository: RepositoryNode,
    referrers: ReadonlyMap<number, readonly number[]>,
    isTagged: boolean,
  ): { blobs: number[]; bytes: number; newBytes: number } {
    const { manifests, layerLinks } = this.#graph;
    const holder = ++this.#holders;
    const needed = { blobs: [] as number[], bytes: 0, newBytes: 0 };
    const need = (digest: number) => this.#need(digest, holder, repository, isTagged, needed);
    const stack = [...starts];
    for (let digest = stack.pop(); digest !== undefined; digest = stack.pop()) {
      if (this.#followedFor.at(digest) === holder) continue;
      this.#followedFor.set(digest, holder);
      this.#followedIn.set(digest, repository.index + 1);
      need(digest);
      for (const referrer of referrers.get(digest) ?? []) stack.push(referrer);
      const manifest = manifests.find(digest);
      if (manifest < 0) continue;
      for (const reference of manifests.references(manifest)) {
        const target = manifests.target(reference);
        need(target);
        if (manifests.role(reference) === Role.child) stack.push(target);
        // A sha512 alias names the blob that holds the bytes.
        const link = layerLinks.find(repository.index, target);
        if (link >= 0 && layerLinks.target(link) >= 0) need(layerLinks.target(link));
      }
    }
    return needed;
  }

  #need(
    digest: number,
    holder: number,
    repository: RepositoryNode,
    isTagged: boolean,
    needed: { blobs: number[]; bytes: number; newBytes: number },
  ): void {
    if (this.#neededBy.at(digest) === holder) return;
    this.#neededBy.set(digest, holder);
    noteOnly(this.#holderOf, digest, holder);
    noteOnly(this.#repositoryOf, digest, repository.index + 1);
    if (isTagged) this.#isTagged.set(digest, 1);
    const isNew = this.#neededIn.at(digest) !== repository.index + 1;
    this.#neededIn.set(digest, repository.index + 1);
    if (this.#graph.blobState(digest) !== DiskState.ok) return;
    const bytes = this.#graph.blobSize(digest);
    needed.blobs.push(digest);
    needed.bytes += bytes;
    if (isNew) needed.newBytes += bytes;
  }
}

/** Notes one more that needs the digest: the first stays alone until another comes. */
function noteOnly(only: Integers, digest: number, who: number): void {
  const known = only.at(digest);
  if (known !== who) only.set(digest, known === 0 ? who : MANY);
}

/** The repository's manifests that name a subject, by that subject. */
function referrersOf(graph: RootGraph, { revisions }: RepositoryNode): Map<number, number[]> {
  const referrers = new Map<number, number[]>();
  for (const link of revisions) {
    const target = graph.revisions.target(link);
    const manifest = target < 0 ? -1 : graph.manifests.find(target);
    const subject = manifest < 0 ? -1 : graph.manifests.subject(manifest);
    if (subject < 0) continue;
    const known = referrers.get(subject);
    if (known) known.push(target);
    else referrers.set(subject, [target]);
  }
  return referrers;
}
