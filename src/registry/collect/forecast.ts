// Which images deletes and a garbage collection would break that are pullable today, what each would lose, and what would keep it.

import { ROLE_NAMES } from "../../contract/finding.ts";
import { Bytes } from "../../facts/columns.ts";
import { GraphOverlay, type GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import { isTagName } from "../../layout/names.ts";
import type { HttpDeletes } from "../delete/http-deletes.ts";
import type { PullProblem } from "../serve/failure.ts";
import { type Pull, pullAll } from "../serve/pull.ts";
import { collect } from "./collect.ts";
import { type Collection, type CollectOptions, graphAfter, type RootInput } from "./collection.ts";
import { type Harm, harmsOf } from "./harm.ts";
import { incompleteFirst } from "./incomplete-first.ts";
import { safeToFreeBytes } from "./keep.ts";

export interface LostPart {
  readonly digest: number;
  readonly role: "manifest" | "child" | "config" | "layer";
  readonly platform: string | undefined;
}

/**
 * What would have kept an image: leaving out the deletes, or `-m`, keeping a tag, seeing its repository; else pushing it
 * otherwise.
 */
export type Keeper =
  | "without-deletes"
  | "without-delete-untagged"
  | "without-tag-clean-up"
  | "with-layers-folder"
  | "with-sha256-layers";

export interface Broken {
  readonly tag: number;
  /** Whether the deletes alone break it, at once, or garbage collection does. */
  readonly phase: "delete" | "garbage-collection";
  readonly lost: readonly LostPart[];
  readonly keepers: readonly Keeper[];
  /** The repository whose incomplete copy of the same index costs this image its parts. */
  readonly spoiledBy: RepositoryNode | undefined;
}

export interface Forecast {
  readonly collection: Collection;
  /** Sorted by repository, then as it lists its tags. */
  readonly breaks: readonly Broken[];
  /** What images lose that are broken already, and manifests that no tag names: parts that are served, or that a repair needs. */
  readonly losesRepair: readonly Harm[];
  readonly safeToFreeBytes: number;
}

/** What comes before a garbage collection, and how that is run. */
export interface CleanUp {
  readonly deleteUntagged: boolean;
  /** Tags whose folders are removed: 1 at their numbers. */
  readonly removedTags: Bytes;
  /** Deletes over HTTP, before those. */
  readonly deletes?: HttpDeletes | undefined;
}

/**
 * In steps of about as long as all images take to be pulled. `pull` is what pulling every image gave before. Tags that the
 * clean-up removes do not count as broken, nor those that the deletes name; another tag that a delete takes along does.
 */
export function* forecastSteps(
  input: RootInput,
  pull: Pull,
  kind: "authoritative" | "cache",
  cleanUp: CleanUp,
): Generator<void, Forecast> {
  const { graph } = input;
  const { deletes } = cleanUp;
  const [view, options] = collectedAfter(graph, cleanUp);
  const collection = collect({ ...input, graph: view }, options);
  yield;
  const meant = meantTags(cleanUp);
  // What a pull-through cache loses it fetches again.
  const after = kind === "cache" ? undefined : changedBy(view, collection);
  const lost = after ? lostParts(graph, after, pull, meant) : new Map<number, LostPart[]>();
  yield;
  const lostAtOnce = deletes && lost.size > 0 ? lostParts(graph, deletes.view, pull, meant) : undefined;
  yield;
  const harms = after ? harmsOf(graph, after, collection, { removedTags: meant }, deletes) : [];
  yield;
  const keepers = lost.size === 0 ? () => [] : yield* findKeepers(input, pull, cleanUp);
  return {
    collection,
    losesRepair: harms.filter(({ tag }) => tag < 0 || !lost.has(tag)),
    breaks: [...lost].map(([tag, parts]) => {
      const atOnce = lostAtOnce?.get(tag);
      const phase = atOnce ? "delete" : "garbage-collection";
      const spoiledBy = atOnce ? undefined : incompleteFirst({ ...input, graph: view }, tag);
      return { tag, phase, lost: atOnce ?? parts, keepers: atOnce ? ["without-deletes"] : keepers(tag), spoiledBy };
    }),
    safeToFreeBytes: safeToFreeBytes(view, options),
  };
}

/** What garbage collection meets: the graph after the deletes, and all tags that are gone by then. */
function collectedAfter(
  graph: RootGraph,
  { deleteUntagged, removedTags, deletes }: CleanUp,
): [RootGraph | GraphOverlay, CollectOptions] {
  if (!deletes) return [graph, { deleteUntagged, removedTags }];
  return [deletes.view, { deleteUntagged, removedTags: union(removedTags, deletes.removedTags) }];
}

function meantTags({ removedTags, deletes }: CleanUp): Bytes {
  return deletes ? union(removedTags, deletes.namedTags) : removedTags;
}

function union(one: Bytes, other: Bytes): Bytes {
  const all = new Bytes();
  for (const tags of [one, other]) for (let tag = 0; tag < tags.length; tag++) if (tags.at(tag) === 1) all.set(tag, 1);
  return all;
}

/** The graph as a garbage collection leaves it; undefined where all is as it was on the disk. */
function changedBy(view: RootGraph | GraphOverlay, collection: Collection): GraphView | undefined {
  const { deletedRevisions, deletedBlobs, deletedLayers } = collection;
  if (deletedRevisions.length + deletedBlobs.length + deletedLayers.length > 0) return graphAfter(view, collection);
  return view instanceof GraphOverlay ? view : undefined;
}

/** By tag that is pullable before and broken after, in the order of the pull; none of the tags that are meant to go. */
function lostParts(graph: RootGraph, swept: GraphView, before: Pull, meant: Bytes): Map<number, LostPart[]> {
  const lost = new Map<number, LostPart[]>();
  const brokenBefore = new Set(before.brokenTags.map(({ tag }) => tag));
  const after = pullAll(swept, before.rules);
  const isKept = (tag: number) => meant.at(tag) === 0 && !brokenBefore.has(tag);
  for (const { tag } of after.brokenTags) if (isKept(tag)) lost.set(tag, []);
  for (const problem of after.problems) {
    for (const tag of problem.tags) lost.get(tag)?.push(lostPart(graph, problem));
  }
  return lost;
}

function lostPart(graph: RootGraph, { digest, reference, platform }: PullProblem): LostPart {
  const role = reference < 0 ? "manifest" : ROLE_NAMES[graph.manifests.role(reference)];
  return { digest, role: role ?? "manifest", platform };
}

/** Tries what else could be done: garbage collection without `-m`, without the tag clean-up, and without the deletes. */
function* findKeepers(input: RootInput, pull: Pull, cleanUp: CleanUp): Generator<void, (tag: number) => Keeper[]> {
  const { graph, catalogue } = input;
  const meant = meantTags(cleanUp);
  const breaksUnder = (other: CleanUp) => {
    const [view, options] = collectedAfter(graph, other);
    const after = changedBy(view, collect({ ...input, graph: view }, options));
    return after ? lostParts(graph, after, pull, meant) : new Map<number, LostPart[]>();
  };
  const tagged = cleanUp.deleteUntagged ? breaksUnder({ ...cleanUp, deleteUntagged: false }) : undefined;
  yield;
  const removes = cleanUp.removedTags.length > 0;
  const uncleaned = removes ? breaksUnder({ ...cleanUp, removedTags: new Bytes() }) : undefined;
  yield;
  const undeleted = cleanUp.deletes ? breaksUnder({ ...cleanUp, deletes: undefined }) : undefined;
  const seen = new Set(catalogue.seen);
  return (tag) => {
    const keepers: Keeper[] = [];
    if (undeleted && !undeleted.has(tag)) keepers.push("without-deletes");
    if (tagged && !tagged.has(tag)) keepers.push("without-delete-untagged");
    if (uncleaned && !uncleaned.has(tag)) keepers.push("without-tag-clean-up");
    if (!seen.has(graph.repository(graph.tags.repository(tag)).name)) keepers.push("with-layers-folder");
    return keepers.length > 0 ? keepers : ["with-sha256-layers"];
  };
}

/**
 * The tags that a clean-up which keeps the `keep` newest of each repository removes, by when their folders changed. Those
 * that are `gone` by then do not count. A folder whose name is no tag's counts as one of them, since a list holds it, but is
 * never removed: over HTTP it cannot be, and where it stays it can abort the garbage collection.
 */
export function tagsBeyondNewest(graph: RootGraph, keep: number, gone = new Bytes()): number[] {
  const removed: number[] = [];
  for (const { tags } of graph.repositories()) {
    const newest: number[] = [];
    for (const tag of tags) if (gone.at(tag) === 0) newest.push(tag);
    newest.sort((a, b) => graph.tags.modified(b) - graph.tags.modified(a) || a - b);
    for (const tag of newest.slice(keep)) if (isTagName(graph.tags.name(tag))) removed.push(tag);
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
