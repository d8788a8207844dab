// Which images a garbage collection would break that are whole today, what each would lose, and what would keep it.

import { ROLE_NAMES } from "../../contract/finding.ts";
import { Bytes } from "../../facts/columns.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RootGraph } from "../../graph/root-graph.ts";
import type { PullProblem } from "../serve/failure.ts";
import { type Pull, pullAll } from "../serve/pull.ts";
import { collect } from "./collect.ts";
import { type Collection, type CollectOptions, graphAfter, type RootInput } from "./collection.ts";
import { type Harm, harmsOf } from "./harm.ts";
import { safeToFreeBytes } from "./keep.ts";

export interface LostPart {
  readonly digest: number;
  readonly role: "manifest" | "child" | "config" | "layer";
  readonly platform: string | undefined;
}

/** What would have kept an image: leaving out `-m`, keeping a tag, seeing its repository; else pushing it otherwise. */
export type Keeper = "without-delete-untagged" | "without-tag-clean-up" | "with-layers-folder" | "with-sha256-layers";

export interface BrokenByCollection {
  readonly tag: number;
  readonly lost: readonly LostPart[];
  readonly keepers: readonly Keeper[];
}

export interface Forecast {
  readonly collection: Collection;
  /** Sorted by repository, then as it lists its tags. */
  readonly breaks: readonly BrokenByCollection[];
  /** What images lose that are broken already, and manifests that no tag names: parts that are served, or that a repair needs. */
  readonly losesRepair: readonly Harm[];
  readonly safeToFreeBytes: number;
}

/** `pull` is what pulling every image gave before. Tags that the clean-up removes do not count as broken. */
export function forecast(
  input: RootInput,
  pull: Pull,
  kind: "authoritative" | "cache",
  options: CollectOptions,
): Forecast {
  const { graph } = input;
  const collection = collect(input, options);
  // What a pull-through cache loses it fetches again.
  const after = kind === "cache" ? undefined : changedBy(graph, collection);
  const lost = after ? lostParts(graph, after, pull, options) : new Map<number, LostPart[]>();
  const harms = after ? harmsOf(graph, after, collection, options) : [];
  const keepers = lost.size === 0 ? () => [] : findKeepers(input, pull, options);
  return {
    collection,
    losesRepair: harms.filter(({ tag }) => tag < 0 || !lost.has(tag)),
    breaks: [...lost].map(([tag, parts]) => ({ tag, lost: parts, keepers: keepers(tag) })),
    safeToFreeBytes: safeToFreeBytes(graph, options),
  };
}

/** The graph as a garbage collection leaves it; undefined where it leaves all as it was. */
function changedBy(graph: RootGraph, collection: Collection): GraphView | undefined {
  const { deletedRevisions, deletedBlobs } = collection;
  return deletedRevisions.length + deletedBlobs.length === 0 ? undefined : graphAfter(graph, collection);
}

/** By tag that is whole before and broken after, in the order of the pull. */
function lostParts(graph: RootGraph, swept: GraphView, before: Pull, options: CollectOptions): Map<number, LostPart[]> {
  const lost = new Map<number, LostPart[]>();
  const brokenBefore = new Set(before.brokenTags.map(({ tag }) => tag));
  const after = pullAll(swept, before.rules);
  const whole = (tag: number) => options.removedTags.at(tag) === 0 && !brokenBefore.has(tag);
  for (const { tag } of after.brokenTags) if (whole(tag)) lost.set(tag, []);
  for (const problem of after.problems) {
    for (const tag of problem.tags) lost.get(tag)?.push(lostPart(graph, problem));
  }
  return lost;
}

function lostPart(graph: RootGraph, { digest, reference, platform }: PullProblem): LostPart {
  const role = reference < 0 ? "manifest" : ROLE_NAMES[graph.manifests.role(reference)];
  return { digest, role: role ?? "manifest", platform };
}

/** Tries what else could be done: garbage collection without `-m`, and without the tag clean-up. */
function findKeepers(input: RootInput, pull: Pull, options: CollectOptions): (tag: number) => Keeper[] {
  const { graph, catalogue } = input;
  const breaksUnder = (other: CollectOptions) => {
    const after = changedBy(graph, collect(input, other));
    return after ? lostParts(graph, after, pull, other) : new Map<number, LostPart[]>();
  };
  const tagged = options.deleteUntagged ? breaksUnder({ ...options, deleteUntagged: false }) : undefined;
  const removes = options.removedTags.length > 0;
  const uncleaned = removes ? breaksUnder({ ...options, removedTags: new Bytes() }) : undefined;
  const seen = new Set(catalogue.seen);
  return (tag) => {
    const keepers: Keeper[] = [];
    if (tagged && !tagged.has(tag)) keepers.push("without-delete-untagged");
    if (uncleaned && !uncleaned.has(tag)) keepers.push("without-tag-clean-up");
    if (!seen.has(graph.repository(graph.tags.repository(tag)).name)) keepers.push("with-layers-folder");
    return keepers.length > 0 ? keepers : ["with-sha256-layers"];
  };
}

/** The tags that a clean-up which keeps the `keep` newest of each repository removes, by when their folders changed. */
export function tagsBeyondNewest(graph: RootGraph, keep: number): number[] {
  const removed: number[] = [];
  for (const { tags } of graph.repositories()) {
    const newest: number[] = [];
    for (const tag of tags) newest.push(tag);
    newest.sort((a, b) => graph.tags.modified(b) - graph.tags.modified(a) || a - b);
    for (const tag of newest.slice(keep)) removed.push(tag);
  }
  return removed;
}

/** Uploads that were written to after `since` (milliseconds since 1970): a garbage collection now could take their layers. */
export function uploadsSince(graph: RootGraph, since: number): { readonly repository: string; readonly id: string }[] {
  return graph
    .repositories()
    .flatMap(({ name, uploads }) =>
      uploads.filter(({ modified }) => modified > since).map(({ id }) => ({ repository: name, id })),
    );
}
