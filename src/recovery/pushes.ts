// What clients have to push of images that the store cannot repair: manifest by manifest, with the blobs that each lacks.

import { DiskState, Role } from "../facts/facts.ts";
import type { GraphOverlay } from "../graph/overlay.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import { ChildNeeds } from "../registry/serve/child-needs.ts";
import type { PullRules } from "../registry/serve/pull.ts";
import { serveBlob, serveManifest } from "../registry/serve/serve.ts";
import type { BlobToPush } from "./steps.ts";

/** A manifest to push in a repository; digests are numbers of the graph. */
export interface Push {
  readonly repository: RepositoryNode;
  readonly digest: number;
  readonly platform: string | undefined;
  readonly pushManifest: boolean;
  readonly known: boolean;
  readonly blobs: readonly BlobToPush[];
}

/** Collects pushes over all images; each manifest of a repository is looked at once. */
export class PushList {
  readonly #graph: RootGraph;
  readonly #view: GraphOverlay;
  readonly #rules: PullRules;
  readonly #pushes = new Map<string, { readonly push: Push | undefined; readonly children: readonly Child[] }>();
  readonly #tags = new Map<Push, Set<number>>();

  constructor(graph: RootGraph, view: GraphOverlay, rules: PullRules) {
    this.#graph = graph;
    this.#view = view;
    this.#rules = rules;
  }

  /** Adds what the image with this manifest lacks, for a tag. Gives false where some of it nobody can push. */
  add(repository: RepositoryNode, digest: number, tag: number): boolean {
    const found: Push[] = [];
    const seen = new Set<number>([digest]);
    const pending: Child[] = [{ digest, platform: undefined }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      if (!this.#graph.digests.isDigest(next.digest)) return false;
      const { push, children } = this.#look(repository, next);
      if (push) found.push(push);
      for (const child of children) {
        if (seen.has(child.digest)) continue;
        seen.add(child.digest);
        pending.push(child);
      }
    }
    for (const push of found) {
      const tags = this.#tags.get(push);
      if (tags) tags.add(tag);
      else this.#tags.set(push, new Set([tag]));
    }
    return found.length > 0;
  }

  pushes(): ReadonlyMap<Push, ReadonlySet<number>> {
    return this.#tags;
  }

  #look(repository: RepositoryNode, { digest, platform }: Child) {
    const key = `${repository.index} ${digest}`;
    const known = this.#pushes.get(key);
    if (known) return known;
    const looked = this.#lookOnce(repository, digest, platform);
    this.#pushes.set(key, looked);
    return looked;
  }

  #lookOnce(repository: RepositoryNode, digest: number, platform: string | undefined) {
    const { manifests } = this.#view;
    const reply = serveManifest(this.#view, repository, digest);
    const manifest = this.#view.blobState(digest) === DiskState.ok ? manifests.find(digest) : -1;
    const isKnown = manifest >= 0 && manifests.isParsed(manifest) && !manifests.isCorrupt(manifest);
    // By text, since whoever pushes chooses how many layers a manifest has.
    const blobs = new Map<string, BlobToPush>();
    const children: Child[] = [];
    const needs = new ChildNeeds(this.#view, this.#rules.root, repository.name, this.#rules.platforms);
    for (const reference of isKnown ? manifests.references(manifest) : []) {
      const target = manifests.target(reference);
      const role = manifests.role(reference);
      if (needs.of(reference) === "unwanted") continue;
      if (role === Role.child) children.push({ digest: target, platform: manifests.platform(reference) ?? platform });
      else if (
        !manifests.isForeign(reference) &&
        !this.#isServed(repository, target, manifests.targetSize(reference))
      ) {
        const size = manifests.targetSize(reference);
        const text = this.#graph.digests.text(target);
        if (blobs.has(text)) continue;
        const roleName = role === Role.config ? "config" : "layer";
        blobs.set(text, { digest: text, role: roleName, size: Number.isNaN(size) ? null : size });
      }
    }
    const pushManifest = reply.answer !== "served" || reply.blob !== digest;
    if (!pushManifest && isKnown && blobs.size === 0) return { push: undefined, children };
    return {
      push: { repository, digest, platform, pushManifest, known: isKnown, blobs: [...blobs.values()] },
      children,
    };
  }

  #isServed(repository: RepositoryNode, digest: number, size: number): boolean {
    const { answer, blob } = serveBlob(this.#view, repository, digest);
    if (answer !== "served") return false;
    const isAlias = this.#graph.digests.algorithm(digest) !== "sha256";
    return (blob === digest || isAlias) && (Number.isNaN(size) || this.#view.blobSize(blob) === size);
  }
}

interface Child {
  readonly digest: number;
  readonly platform: string | undefined;
}
