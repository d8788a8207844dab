// Which revisions of a repository nothing needs that is kept, and why each other one is kept that no tag names.

import type { Bytes } from "../../facts/columns.ts";
import { DiskState } from "../../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import type { PullRules } from "../serve/pull.ts";
import { addNeededLayerLinks } from "./layer-links.ts";
import { type KeptReason, RepositoryNeeds } from "./needs.ts";
import { addTags, type RepositoryTags, type StayingTag, type TagCleanUp } from "./tags.ts";

export interface KeptRevision {
  readonly repository: RepositoryNode;
  readonly digest: number;
  readonly reason: KeptReason;
  /** What it is kept for, where that is another manifest of the repository: its digest; else -1. */
  readonly by: number;
  /** The tag that names that; or -1. */
  readonly tag: number;
}

/** A revision that can go: nothing that is kept needs it, nor what a delete takes with it. */
export interface FreeRevision {
  readonly repository: RepositoryNode;
  readonly digest: number;
  /** The number of its link. */
  readonly revision: number;
  /** The layer link of the same digest; -1 where there is none. */
  readonly layerLink: number;
  /** The tags that name it, which are all to go. */
  readonly tags: readonly number[];
  /** When its link was written, in milliseconds since 1970. */
  readonly modified: number;
}

/** When a link was written last, in milliseconds since 1970; undefined where that cannot be told. */
export type LinkTime = (repository: RepositoryNode, kind: "layer" | "revision", digest: number) => number | undefined;

export interface SelectOptions {
  readonly cleanUp: TagCleanUp;
  /** What a pull of an image needs. */
  readonly rules: PullRules;
  /** Milliseconds since 1970: what was written after that is kept. */
  readonly since: number;
  readonly linkTime: LinkTime;
  /** Revisions that are kept for what others could be repaired from: 1 at the numbers of their links. */
  readonly repairs: Bytes;
  /** Why nothing of a repository can be said for certain. */
  readonly doubtOf: (repository: RepositoryNode) => KeptReason | undefined;
}

export interface Selection {
  readonly free: readonly FreeRevision[];
  readonly kept: readonly KeptRevision[];
  readonly staying: readonly StayingTag[];
}

/** Linear in the revisions, and in what they name as children; asks for the time of each that could go. */
export function selectIn(graph: RootGraph, repository: RepositoryNode, options: SelectOptions): Selection {
  const needs = new RepositoryNeeds(graph, repository, options.rules);
  const tags = addTags(graph, repository, needs, options.cleanUp);
  const doubt = options.doubtOf(repository) ?? (needs.unknown && "damaged");
  if (doubt !== undefined) return keepAll(graph, repository, tags, needs, doubt);
  const times = new Map<number, number>();
  for (const link of candidatesIn(graph, repository, needs)) {
    const digest = graph.revisions.place(link);
    const written = lastWritten(graph, repository, digest, options.linkTime);
    times.set(digest, written ?? 0);
    const isYoung = written === undefined || written > options.since;
    if (isYoung) needs.add(digest, { reason: "young", by: -1, tag: -1 });
    else if (options.repairs.at(link) === 1) needs.add(digest, { reason: "repair", by: -1, tag: -1 });
  }
  addNeededLayerLinks(graph, repository, needs, candidatesIn(graph, repository, needs));
  if (needs.unknown !== undefined) return keepAll(graph, repository, tags, needs, "damaged");
  const free = candidatesIn(graph, repository, needs).map((revision): FreeRevision => {
    const digest = graph.revisions.place(revision);
    const layerLink = graph.layerLinks.find(repository.index, digest);
    const named = tags.removed.get(digest) ?? [];
    return { repository, digest, revision, layerLink, tags: named, modified: times.get(digest)! };
  });
  const staying = [...tags.staying];
  for (const [digest, named] of tags.removed) {
    if (needs.find(digest)) for (const tag of named) staying.push({ tag, reason: "same-digest" });
  }
  return { free, kept: [...keptIn(graph, repository, tags, needs)], staying };
}

/** The links of revisions that a delete would find, and that are not needed. */
function candidatesIn(graph: RootGraph, repository: RepositoryNode, needs: RepositoryNeeds): number[] {
  const { revisions } = graph;
  const candidates: number[] = [];
  for (const link of repository.revisions) {
    const digest = revisions.place(link);
    if (revisions.state(link) !== DiskState.ok || graph.blobState(digest) !== DiskState.ok) continue;
    if (needs.find(digest) === undefined) candidates.push(link);
  }
  return candidates;
}

/** The later of the times of the links that a delete takes: a layer that is being pushed may have the same digest. */
function lastWritten(graph: RootGraph, repository: RepositoryNode, digest: number, linkTime: LinkTime) {
  const written = linkTime(repository, "revision", digest);
  if (graph.layerLinks.find(repository.index, digest) < 0 || written === undefined) return written;
  const layer = linkTime(repository, "layer", digest);
  return layer === undefined ? undefined : Math.max(written, layer);
}

/** The revisions that are needed and that no tag names, and what for. */
function* keptIn(
  graph: RootGraph,
  repository: RepositoryNode,
  { tagged }: RepositoryTags,
  needs: RepositoryNeeds,
): Generator<KeptRevision> {
  for (const link of repository.revisions) {
    const digest = graph.revisions.place(link);
    const need = needs.find(digest);
    if (need?.reason === undefined || tagged.has(digest)) continue;
    yield keptFor(repository, needs, digest, need.reason);
  }
}

function keptFor(repository: RepositoryNode, needs: RepositoryNeeds, digest: number, reason: KeptReason): KeptRevision {
  const top = needs.topOf(digest);
  return { repository, digest, reason, by: top.digest === digest ? -1 : top.digest, tag: top.need.tag };
}

/** All of them, where it is not known what they are needed for. */
function keepAll(
  graph: RootGraph,
  repository: RepositoryNode,
  { tagged, staying }: RepositoryTags,
  needs: RepositoryNeeds,
  doubt: KeptReason,
): Selection {
  const { unknown } = needs;
  const rest = { by: unknown?.digest ?? -1, tag: unknown ? needs.topOf(unknown.digest).need.tag : -1 };
  const kept: KeptRevision[] = [];
  for (const link of repository.revisions) {
    const digest = graph.revisions.place(link);
    if (graph.revisions.state(link) !== DiskState.ok || tagged.has(digest)) continue;
    const reason = needs.find(digest)?.reason;
    kept.push(
      reason === undefined
        ? { repository, digest, reason: doubt, ...rest }
        : keptFor(repository, needs, digest, reason),
    );
  }
  return { free: [], kept, staying };
}
