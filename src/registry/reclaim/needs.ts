// What a repository's kept manifests need of it: children to any depth, and the referrers of each.

import { DiskState, Role } from "../../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import { ChildNeeds } from "../serve/child-needs.ts";
import type { PullRules } from "../serve/pull.ts";

/** Why a manifest is kept that no tag names. */
export type KeptReason =
  /** A kept index names it. */
  | "child"
  /** It names a kept manifest as its subject. */
  | "referrer"
  /** It was pushed too lately. */
  | "young"
  /** Something kept needs the layer link of the same digest, which a delete takes too. */
  | "layer-link"
  /** A kept image that is broken could be repaired from what it holds. */
  | "repair"
  /** What its repository holds is not known for certain. */
  | "damaged"
  /** Its repository shares directories with another one. */
  | "shared";

export interface Need {
  /** undefined for what a tag names. */
  readonly reason: KeptReason | undefined;
  /** The manifest, by digest, that needs it; -1 for none. */
  readonly by: number;
  /** The tag that names it; -1 for none. */
  readonly tag: number;
}

/** A manifest, by digest, that is needed and whose content is not known: nobody can say what else it needs. */
export interface UnknownContent {
  readonly digest: number;
  readonly need: Need;
}

export class RepositoryNeeds {
  readonly #graph: RootGraph;
  /** By digest. */
  readonly #needs = new Map<number, Need>();
  /** The repository's manifests that name a subject, by that subject. */
  readonly #referrers = new Map<number, number[]>();
  readonly #children: ChildNeeds;
  /** The first one met. */
  unknown: UnknownContent | undefined;

  constructor(graph: RootGraph, repository: RepositoryNode, { root, platforms }: PullRules) {
    this.#graph = graph;
    this.#children = new ChildNeeds(graph, root, repository.name, platforms);
    const { manifests, revisions } = graph;
    for (const link of repository.revisions) {
      const target = revisions.target(link);
      const manifest = target < 0 ? -1 : manifests.find(target);
      const subject = manifest < 0 ? -1 : manifests.subject(manifest);
      if (subject < 0) continue;
      const known = this.#referrers.get(subject);
      if (known) known.push(target);
      else this.#referrers.set(subject, [target]);
    }
  }

  find(digest: number): Need | undefined {
    return this.#needs.get(digest);
  }

  /** All that is needed, as manifests, by digest. */
  digests(): Iterable<number> {
    return this.#needs.keys();
  }

  /** Adds a manifest with all that it needs. Linear in what is new. */
  add(digest: number, need: Need): void {
    const open = [{ needed: digest, why: need, mayBeAbsent: false }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { needed, why, mayBeAbsent } = next;
      if (this.#needs.has(needed)) continue;
      this.#needs.set(needed, why);
      for (const referrer of this.#referrers.get(needed) ?? []) {
        open.push({ needed: referrer, why: { reason: "referrer", by: needed, tag: -1 }, mayBeAbsent: false });
      }
      const manifest = this.#contentOf(needed);
      if (manifest < 0) {
        const isAbsent = this.#graph.blobState(needed) === DiskState.absent;
        if (!mayBeAbsent || !isAbsent) this.unknown ??= { digest: needed, need: why };
        continue;
      }
      const { manifests } = this.#graph;
      const { first, end } = manifests.references(manifest);
      for (let reference = first; reference < end; reference++) {
        if (manifests.role(reference) !== Role.child) continue;
        open.push({
          needed: manifests.target(reference),
          why: { reason: "child", by: needed, tag: -1 },
          mayBeAbsent: this.#children.of(reference) !== "required",
        });
      }
    }
  }

  /** The tag or manifest at the top of the chain of needs that keeps this one. */
  topOf(digest: number): { readonly digest: number; readonly need: Need } {
    let at = digest;
    for (let need = this.#needs.get(at)!; ; need = this.#needs.get(at)!) {
      if (need.by < 0) return { digest: at, need };
      at = need.by;
    }
  }

  /** The number of the manifest in the store; -1 where it is not known what it says. */
  #contentOf(digest: number): number {
    const { manifests } = this.#graph;
    const manifest = manifests.find(digest);
    if (manifest < 0 || this.#graph.blobState(digest) !== DiskState.ok || this.#graph.isBlobCorrupt(digest)) return -1;
    return manifests.isParsed(manifest) && !manifests.isCorrupt(manifest) ? manifest : -1;
  }
}
