// From inspected roots to the report of a forecast.
import { imageName } from "../checks/index.ts";
import { unseenRepositories } from "../checks/unseen-repository.ts";
import { UsageError } from "../contract/errors.ts";
import type {
  AbortReport,
  BreakReport,
  DeleteReport,
  ForecastReport,
  HarmReport,
  RefusedTagReport,
  RootForecastReport,
} from "../contract/forecast.ts";
import { investigatedRootRecord } from "../contract/run.ts";
import { Bytes } from "../facts/columns.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { Needs } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { inTurns, type Steps } from "../inspect/turns.ts";
import { type CleanUpHazard, cleanUpWarnings } from "../registry/collect/clean-up.ts";
import type { Abort } from "../registry/collect/collection.ts";
import { type Broken, type Forecast, forecastSteps } from "../registry/collect/forecast.ts";
import type { Harm } from "../registry/collect/harm.ts";
import { type RefusedTag, refusedTags } from "../registry/serve/refused-tags.ts";
import { abortMessage, keeperSentence, refusalMessage, spoiledSentence } from "../report/gc-words.ts";
import { selectNames } from "../scan/list-namespace.ts";
import { groupBy } from "../text/group-by.ts";
import {
  type CleanUpNames,
  type CleanUpOptions,
  type CleanUps,
  cleanUpRoots,
  type NamedDelete,
  type RootCleanUp,
} from "./clean-up.ts";
import { type Run, reportHead, verdictOf } from "./run.ts";

/** What is to be read to tell what a garbage collection would do: all that it would meet. */
export function collectionNeeds({ keepTags, deleteUntagged }: CleanUpOptions): Partial<Needs> {
  return { tagTimes: keepTags !== undefined, tagHistory: deleteUntagged, folders: "every", hashConfigs: true };
}

export interface ReportOptions extends Pick<CleanUpOptions, "deleteUntagged" | "keepTags"> {
  /** Globs: only images of matching repositories are reported as broken. */
  readonly repositories: readonly string[];
}

/** A root, and what deletes, clean-up and garbage collection would do to it. */
export interface RootForecast {
  readonly inspection: RootInspection;
  readonly cleanUp: RootCleanUp;
  readonly forecast: Forecast;
  /** What the release of the registry before serves and this one does not. */
  readonly refused: readonly RefusedTag[];
}

export interface Forecasts extends Pick<CleanUps, "notFound"> {
  readonly forecasts: readonly RootForecast[];
  /** By root that frees nothing: what could be deleted so that something is freed. */
  readonly reclaimable?: ReadonlyMap<RootInspection, Reclaimable>;
}

export type Reclaimable = NonNullable<RootForecastReport["reclaimable"]>;

/**
 * What deletes, clean-up and garbage collection would do to these roots. Throws a UsageError for an image that an option
 * names and no root has, and for a glob that no repository matches.
 */
export async function forecastRoots(
  inspections: readonly RootInspection[],
  names: CleanUpNames,
  options: ReportOptions,
): Promise<Forecasts> {
  const { byRoot, notFound } = cleanUpRoots(inspections, names, options.keepTags);
  for (const glob of options.repositories) {
    const matches = inspections.some(({ context }) => repositoryFilter(context.graph, [glob]).size > 0);
    if (!matches) throw new UsageError(`--repo ${glob}: no repository matches`);
  }
  const forecasts: RootForecast[] = [];
  for (const inspection of inspections) {
    const cleanUp = byRoot.get(inspection)!;
    const { graph, pull, rules } = inspection.context;
    const refused = refusedTags(graph, pull, rules);
    const forecast = await inTurns(stepsOf(inspection, cleanUp, options));
    forecasts.push({ inspection, cleanUp, forecast, refused });
  }
  return { forecasts, notFound };
}

/** From what is foretold of each root to the report. */
export function forecastReport(
  { forecasts, notFound, reclaimable }: Forecasts,
  unreadable: ForecastReport["unreadable"],
  options: ReportOptions,
  run: Run,
): ForecastReport {
  const breaks = forecasts.some(({ cleanUp, refused, forecast: { breaks: all, losesRepair, collection } }) => {
    const failing = cleanUp.named.filter(({ answer }) => answer === "fails-half-way");
    return all.length + losesRepair.length + collection.aborts.length + failing.length + refused.length > 0;
  });
  return {
    ...reportHead("forecast", run),
    verdict: verdictOf(breaks, unreadable.length > 0),
    roots: forecasts.map((one) => rootForecast(one, options, reclaimable?.get(one.inspection) ?? null)),
    notFound: [...notFound],
    unreadable,
  };
}

function stepsOf(
  { root, context, hasBlobStore }: RootInspection,
  { deletes, removedTags }: RootCleanUp,
  { deleteUntagged }: ReportOptions,
): Steps<Forecast> {
  const { rules, graph, catalogue, unexpectedInStore, pull } = context;
  const input = { rules, graph, catalogue, unexpectedInStore, hasBlobStore };
  return forecastSteps(input, pull, root.kind, { deleteUntagged, removedTags, deletes });
}

function rootForecast(
  { inspection: { root, context }, cleanUp, forecast: foretold, refused }: RootForecast,
  { deleteUntagged, keepTags, repositories }: ReportOptions,
  reclaimable: Reclaimable | null,
): RootForecastReport {
  const { graph } = context;
  const { collection, breaks, losesRepair, safeToFreeBytes } = foretold;
  const aborts = collection.aborts.map(abortReport);
  const taking = groupBy(cleanUp.named, ({ repository, digest }) => `${repository.index} ${digest}`);
  const reported = repositories.length > 0 ? repositoryFilter(graph, repositories) : undefined;
  return {
    ...investigatedRootRecord(root),
    deleteUntagged,
    keepTags: keepTags ?? null,
    outcome: aborts.length > 0 ? "aborts" : "completes",
    abort: aborts[0] ?? null,
    aborts,
    marked: collection.marked,
    deletes: cleanUp.named.map((named) => deleteReport(graph, named)),
    removedTags: removedImages(graph, cleanUp.removedTags),
    cleanUpWarnings: [...cleanUpWarnings(graph, cleanUp.goneTags, notChosen(cleanUp))].map(({ tag, hazard }) => ({
      image: imageName(graph, tag),
      reason: hazard,
      message: HAZARD_WORDS[hazard],
    })),
    refusedTags: refused
      .map((tag) => refusedReport(graph, tag))
      .filter(({ repository }) => reported?.has(repository) ?? true),
    deletedManifests: collection.deletedRevisions.map(
      ({ repository, digest }) => `${repository.name}@${graph.digests.text(digest)}`,
    ),
    deletedBlobs: [...collection.deletedBlobs]
      .sort((a, b) => graph.digests.compare(a, b))
      .map((blob) => graph.digests.text(blob)),
    deletedBytes: collection.deletedBytes,
    deletedLayerLinks: collection.deletedLayers.map(
      ({ repository, digest }) => `${repository.name}@${graph.digests.text(digest)}`,
    ),
    safeToFreeBytes,
    reclaimable,
    unseenRepositories: [...unseenRepositories(context)].map(({ repository }) => repository.name),
    breaks: breaks
      .map((broken) => breakReport(graph, broken, taking))
      .filter(({ repository }) => reported?.has(repository) ?? true),
    losesRepair: losesRepair
      .map((harm) => harmReport(graph, harm))
      .filter(({ repository }) => reported?.has(repository) ?? true),
  };
}

const HAZARD_WORDS: Record<CleanUpHazard, string> = {
  "pushed-last":
    "pushed after every other tag of its repository (a push leaves the time of the tag's directory as it is)",
  tie: "its directory is as old as that of a tag that is kept: which of them goes is chance",
  "lost-signature": "the signature or attestation of an image that is kept",
  "outlives-image": "the signature or attestation of an image that is removed; it is kept",
};

function abortReport({ path, reason, phase }: Abort): AbortReport {
  return { path, reason, message: abortMessage(reason, phase) };
}

/** The tags of which no warning is due: somebody named them, or they are said to break. */
function notChosen({ namedTags, deletes }: RootCleanUp): Bytes {
  const all = new Bytes();
  for (const tags of [namedTags, deletes?.removedTags ?? new Bytes()]) {
    for (let tag = 0; tag < tags.length; tag++) if (tags.at(tag) === 1) all.set(tag, 1);
  }
  return all;
}

function deleteReport(graph: RootGraph, { name, answer, digest, tags }: NamedDelete): DeleteReport {
  return {
    image: name,
    answer,
    digest: digest < 0 ? null : graph.digests.text(digest),
    tags: tags.map((tag) => imageName(graph, tag)),
  };
}

function breakReport(
  graph: RootGraph,
  { tag, phase, lost, keepers, spoiledBy }: Broken,
  taking: ReadonlyMap<string, readonly NamedDelete[]>,
): BreakReport {
  const { name: repository, index } = graph.repository(graph.tags.repository(tag));
  const deletes = new Set(
    lost.flatMap(({ digest }) => (taking.get(`${index} ${digest}`) ?? []).map(({ name }) => name)),
  );
  const image = { repository, name: imageName(graph, tag), deletes: [...deletes] };
  return {
    repository,
    tag: graph.tags.name(tag),
    digest: graph.digests.text(graph.tags.target(tag)),
    phase,
    lost: lost.map(({ digest, role, platform }) => ({
      digest: graph.digests.text(digest),
      role,
      ...(platform !== undefined && { platform }),
    })),
    keptBy: [
      ...(spoiledBy ? [spoiledSentence(spoiledBy.name)] : []),
      ...keepers.map((keeper) => keeperSentence(keeper, image)),
    ],
  };
}

function harmReport(graph: RootGraph, { repository, tag, image, taken }: Harm): HarmReport {
  return {
    repository: repository.name,
    tag: tag < 0 ? null : graph.tags.name(tag),
    digest: graph.digests.text(image),
    taken: taken.map(({ digest, role, platform, served }) => ({
      digest: graph.digests.text(digest),
      role,
      ...(platform !== undefined && { platform }),
      served,
    })),
  };
}

function refusedReport(graph: RootGraph, { tag, parts }: RefusedTag): RefusedTagReport {
  return {
    repository: graph.repository(graph.tags.repository(tag)).name,
    tag: graph.tags.name(tag),
    digest: graph.digests.text(graph.tags.target(tag)),
    refused: parts.map(({ digest, refusal }) => {
      const reason = graph.manifests.reason(graph.manifests.find(digest));
      return { digest: graph.digests.text(digest), reason: refusal, message: refusalMessage(refusal, reason) };
    }),
  };
}

function removedImages(graph: RootGraph, removed: Bytes): string[] {
  const images: string[] = [];
  for (const { tags } of graph.repositories()) {
    for (const tag of tags) if (removed.at(tag) === 1) images.push(imageName(graph, tag));
  }
  return images;
}

function repositoryFilter(graph: RootGraph, globs: readonly string[]): ReadonlySet<string> {
  const names = graph.repositories().map(({ name }) => name);
  return new Set(selectNames(names, globs));
}
