// Which tags of a repository keep what they name: all but those that a clean-up removes, and of these some all the same.

import type { Bytes } from "../../facts/columns.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import { isTagName } from "../../layout/names.ts";
import { signedImage } from "../collect/clean-up.ts";
import type { RepositoryNeeds } from "./needs.ts";

/** The tags that a clean-up removes: 1 at their numbers. */
export interface TagCleanUp {
  readonly all: Bytes;
  /** Those that were named one by one: they go in any case. */
  readonly named: Bytes;
  /** How many tags of a repository stay, besides: the newest by when their directories changed. */
  readonly keepTags?: number | undefined;
}

/** Why a tag stays that the clean-up would remove. */
export type StayReason =
  /** No other tag of its repository was pushed later. */
  | "pushed-last"
  /** What it names is needed, and a delete of that takes the tag. */
  | "same-digest";

export interface StayingTag {
  readonly tag: number;
  readonly reason: StayReason;
}

export interface RepositoryTags {
  /** What staying tags name, by digest. */
  readonly tagged: ReadonlySet<number>;
  /** What the others name, and which tags do. */
  readonly removed: ReadonlyMap<number, readonly number[]>;
  readonly staying: readonly StayingTag[];
}

/** Adds to the needs what the tags that stay name. */
export function addTags(
  graph: RootGraph,
  repository: RepositoryNode,
  needs: RepositoryNeeds,
  cleanUp: TagCleanUp,
): RepositoryTags {
  const { tags } = graph;
  const tagged = new Set<number>();
  const staying: StayingTag[] = [];
  const open = new Set<number>();
  const keep = (tag: number) => {
    const target = tags.target(tag);
    if (target < 0) return;
    tagged.add(target);
    needs.add(target, { reason: undefined, by: -1, tag });
  };
  const beyond = tagsBeyond(graph, repository, cleanUp.keepTags);
  let last = -1;
  for (const tag of repository.tags) {
    if (cleanUp.all.at(tag) === 0 && !beyond.has(tag)) keep(tag);
    else open.add(tag);
    const isImage = signedImage(graph, tag) === undefined;
    if (isImage && (last < 0 || tags.pushed(tag) > tags.pushed(last))) last = tag;
  }
  // A push leaves the time of a tag's directory, by which clean-ups go.
  if (last >= 0 && open.has(last) && cleanUp.named.at(last) === 0 && tags.pushed(last) > 0) {
    open.delete(last);
    staying.push({ tag: last, reason: "pushed-last" });
    keep(last);
  }
  // What belongs to an image stays with it.
  for (let more = true; more; ) {
    more = false;
    for (const tag of [...open]) {
      const image = cleanUp.named.at(tag) === 1 ? undefined : signedImage(graph, tag);
      if (image === undefined || image < 0 || needs.find(image) === undefined) continue;
      open.delete(tag);
      keep(tag);
      more = true;
    }
  }
  const removed = new Map<number, number[]>();
  for (const tag of open) {
    const target = tags.target(tag);
    const known = removed.get(target);
    if (known) known.push(tag);
    else if (target >= 0) removed.set(target, [tag]);
  }
  return { tagged, removed, staying };
}

/**
 * The tags beyond the `keep` newest. Signatures and lists of referrers of the repository's own images are not counted: they
 * are among those beyond, and stay with their images.
 */
function tagsBeyond(graph: RootGraph, { index, tags }: RepositoryNode, keep: number | undefined): ReadonlySet<number> {
  const beyond = new Set<number>();
  if (keep === undefined) return beyond;
  const counted: number[] = [];
  for (const tag of tags) {
    if (!isTagName(graph.tags.name(tag))) continue;
    const image = signedImage(graph, tag);
    const isOwn = image !== undefined && image >= 0 && graph.revisions.find(index, image) >= 0;
    if (isOwn) beyond.add(tag);
    else counted.push(tag);
  }
  counted.sort((a, b) => graph.tags.modified(b) - graph.tags.modified(a) || a - b);
  for (const tag of counted.slice(keep)) beyond.add(tag);
  return beyond;
}
