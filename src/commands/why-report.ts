// From inspected roots to why a blob is there: who references it, and what a garbage collection would do with it.

import type { BlobReport, CollectionReport, HeldBy, LinkReport, ReferenceReport } from "../contract/why.ts";
import { Bytes } from "../facts/columns.ts";
import { DiskState, ManifestKind } from "../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { collect } from "../registry/collect/collect.ts";
import type { CollectInput, Collection } from "../registry/collect/collection.ts";
import type { Need } from "../registry/serve/child-needs.ts";
import { needOfPart } from "../registry/serve/image-tree.ts";
import type { PullRules } from "../registry/serve/pull.ts";
import { ReferenceIndex, type References, type Step } from "../registry/usage/references.ts";
import { abortMessage } from "../report/gc-words.ts";

/** What is known of a root. */
export interface Witnessed extends CollectInput {
  /** The root's. */
  readonly name: string;
  readonly graph: RootGraph;
  readonly pullRules: PullRules;
  /** Whether it was looked for what makes a garbage collection abort, as far as a scan does. */
  readonly seesAborts: boolean;
}

export function witnessed({ root, hasBlobStore, context }: RootInspection): Witnessed {
  const { rules, graph, catalogue, unexpectedInStore, pull } = context;
  const { name } = root;
  return { name, rules, graph, catalogue, unexpectedInStore, hasBlobStore, pullRules: pull.rules, seesAborts: true };
}

/** Answers for any number of blobs of one root. */
export class RootWitness {
  readonly #root: string;
  readonly #graph: RootGraph;
  readonly #rules: PullRules;
  readonly #seesAborts: boolean;
  /** By repository, image and part: many tags name one image. */
  readonly #needs = new Map<string, Need>();
  readonly #index: ReferenceIndex;
  readonly #plain: Collection;
  readonly #deleteUntagged: Collection;

  constructor({ name, pullRules, seesAborts, ...input }: Witnessed) {
    const { graph } = input;
    this.#root = name;
    this.#graph = graph;
    this.#rules = pullRules;
    this.#seesAborts = seesAborts;
    this.#index = new ReferenceIndex(graph);
    this.#plain = collect(input, { deleteUntagged: false, removedTags: new Bytes() });
    this.#deleteUntagged = collect(input, { deleteUntagged: true, removedTags: new Bytes() });
  }

  blobReport(text: string): BlobReport {
    const graph = this.#graph;
    const digest = graph.digests.find(text);
    const references = digest < 0 ? { steps: [], tags: [] } : this.#index.of(digest);
    const links = digest < 0 ? [] : this.#links(digest, references);
    const state = digest < 0 ? DiskState.absent : graph.blobState(digest);
    const isThere = state === DiskState.ok;
    return {
      root: this.#root,
      digest: text,
      known: digest >= 0,
      stored: state === DiskState.unreadable ? null : isThere,
      bytes: isThere ? graph.blobSize(digest) : null,
      modified: isThere ? new Date(graph.blobModified(digest)).toISOString() : null,
      kind: this.#kind(digest),
      heldBy: heldBy(references, links),
      references: references.steps.map((step) => this.#referenceReport(step)),
      tags: references.tags.map((tag) => {
        const image = graph.tags.target(tag);
        const need = this.#need(graph.repository(graph.tags.repository(tag)), image, digest);
        const notNeeded = need === "required" ? {} : { notNeeded: need };
        return { ...this.#tagName(tag), digest: graph.digests.text(image), ...notNeeded };
      }),
      links,
      formerTags: digest < 0 ? [] : this.#formerTags(digest),
      garbageCollection: {
        seesAborts: this.#seesAborts,
        plain: this.#collectionReport(this.#plain, digest, isThere),
        deleteUntagged: this.#collectionReport(this.#deleteUntagged, digest, isThere),
      },
    };
  }

  #need(repository: RepositoryNode, image: number, part: number): Need {
    const key = `${repository.index} ${image} ${part}`;
    const known = this.#needs.get(key) ?? needOfPart(this.#graph, repository, image, part, this.#rules);
    this.#needs.set(key, known);
    return known;
  }

  #kind(digest: number): BlobReport["kind"] {
    const { manifests } = this.#graph;
    const manifest = digest < 0 ? -1 : manifests.find(digest);
    if (manifest < 0 || !manifests.isParsed(manifest)) return null;
    const kind = manifests.kind(manifest);
    return kind === ManifestKind.index ? "index" : kind === ManifestKind.schema1 ? "schema1" : "image";
  }

  #referenceReport({ kind, from, to, reference, repository }: Step): ReferenceReport {
    const { digests, manifests } = this.#graph;
    const platform = reference < 0 ? undefined : manifests.platform(reference);
    return {
      kind,
      from: digests.text(from),
      to: digests.text(to),
      ...(platform !== undefined && { platform }),
      ...(repository >= 0 && { repository: this.#graph.repository(repository).name }),
    };
  }

  #tagName(tag: number): { readonly repository: string; readonly tag: string } {
    const { tags } = this.#graph;
    return { repository: this.#graph.repository(tags.repository(tag)).name, tag: tags.name(tag) };
  }

  /** The links that lie under the digest, and those that hold it from elsewhere. */
  #links(digest: number, { steps }: References): LinkReport[] {
    const elsewhere = steps.filter(({ kind, to }) => kind === "alias" && to === digest);
    const links: LinkReport[] = [];
    for (const repository of this.#graph.repositories()) {
      const places = new Set([digest]);
      for (const step of elsewhere) if (step.repository === repository.index) places.add(step.from);
      for (const place of places) links.push(...this.#linksAt(repository, place, digest));
    }
    return links;
  }

  *#linksAt(repository: RepositoryNode, place: number, digest: number): Generator<LinkReport> {
    const { digests } = this.#graph;
    for (const kind of ["layer", "revision"] as const) {
      const links = this.#graph.links(kind);
      const link = links.find(repository.index, place);
      if (link < 0 || links.state(link) === DiskState.absent) continue;
      const target = links.target(link);
      if (place !== digest && target !== digest) continue;
      const text = target < 0 ? null : digests.text(target);
      yield { repository: repository.name, kind, place: digests.text(place), target: text };
    }
  }

  #formerTags(digest: number): BlobReport["formerTags"] {
    const former: { repository: string; tag: string }[] = [];
    for (const { tags } of this.#graph.repositories()) {
      for (const tag of tags) {
        const isFormer = this.#graph.tags.target(tag) !== digest && this.#graph.tags.history(tag).includes(digest);
        if (isFormer) former.push(this.#tagName(tag));
      }
    }
    return former;
  }

  #collectionReport(collection: Collection, digest: number, isThere: boolean): CollectionReport {
    const [abort] = collection.aborts;
    const deleted = digest >= 0 && collection.isBlobDeleted.at(digest) === 1;
    return {
      outcome: !isThere ? "absent" : abort ? "aborts" : deleted ? "deleted" : "kept",
      unlinkedIn: collection.deletedRevisions
        .filter((revision) => revision.digest === digest)
        .map(({ repository }) => repository.name),
      abort: abort
        ? { path: abort.path, reason: abort.reason, message: abortMessage(abort.reason, abort.phase) }
        : null,
    };
  }
}

function heldBy({ steps, tags }: References, links: readonly LinkReport[]): HeldBy {
  if (tags.length > 0) return "tag";
  if (links.some(({ kind }) => kind === "revision")) return "untagged-manifest";
  // A link that holds it under another name is no manifest that needs it.
  if (steps.some(({ kind }) => kind !== "alias")) return "untagged-manifest";
  return links.length > 0 ? "layer-link" : "nothing";
}
