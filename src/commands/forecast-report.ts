// From inspected roots to the report of a forecast.
import { imageName } from "../checks/index.ts";
import { unseenRepositories } from "../checks/unseen-repository.ts";
import { UsageError } from "../contract/errors.ts";
import type { AbortReport, BreakReport, ForecastReport, RootForecastReport } from "../contract/forecast.ts";
import type { Bytes } from "../facts/columns.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { InspectedRoots, Needs } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { Abort } from "../registry/collect/collection.ts";
import { type BrokenByCollection, type Forecast, forecast } from "../registry/collect/forecast.ts";
import { abortMessage } from "../report/abort-words.ts";
import { keeperSentence } from "../report/keeper-words.ts";
import { selectNames } from "../scan/list-namespace.ts";
import { type CleanUpOptions, removedTags } from "./clean-up.ts";
import { type Run, reportHead, verdictOf } from "./run.ts";

/** What is to be read to tell what a garbage collection would do: all that it would meet. */
export function collectionNeeds({ keepTags, deleteUntagged }: CleanUpOptions): Partial<Needs> {
  return { tagTimes: keepTags !== undefined, tagHistory: deleteUntagged, everyFolder: true };
}

export interface ReportOptions extends Pick<CleanUpOptions, "deleteUntagged" | "keepTags"> {
  /** Globs: only images of matching repositories are reported as broken. */
  readonly repositories: readonly string[];
  /** `repository:tag` of the tags that the clean-up removes by name. */
  readonly removedImages: readonly string[];
}

/**
 * What the clean-up and the garbage collection would do to these roots. Throws a UsageError for a tag to remove that no
 * root has, and for a glob that no repository matches.
 */
export function forecastReport(
  { inspections, unreadable }: InspectedRoots,
  options: ReportOptions,
  run: Run,
): ForecastReport {
  const removed = removedTags(inspections, options.removedImages, options.keepTags);
  for (const glob of options.repositories) {
    const matches = inspections.some(({ context }) => repositoryFilter(context.graph, [glob]).size > 0);
    if (!matches) throw new UsageError(`--repo ${glob}: no repository matches`);
  }
  const forecasts = inspections.map((inspection) => forecastOf(inspection, removed.get(inspection) as Bytes, options));
  const roots = inspections.map((inspection, index) =>
    rootForecast(inspection, removed.get(inspection) as Bytes, forecasts[index] as Forecast, options),
  );
  const breaks = forecasts.some(({ breaks: all, collection }) => all.length > 0 || collection.aborts.length > 0);
  return {
    ...reportHead("forecast", run),
    verdict: verdictOf(breaks, unreadable.length > 0),
    roots,
    unreadable,
  };
}

function forecastOf(
  { root, context, hasBlobStore }: RootInspection,
  removedTags: Bytes,
  { deleteUntagged }: ReportOptions,
): Forecast {
  const { graph, catalogue, unexpectedInStore, pull } = context;
  const input = { graph, catalogue, unexpectedInStore, hasBlobStore };
  return forecast(input, pull, root.kind, { deleteUntagged, removedTags });
}

function rootForecast(
  { root, context }: RootInspection,
  removed: Bytes,
  { collection, breaks, safeToFreeBytes }: Forecast,
  { deleteUntagged, keepTags, repositories }: ReportOptions,
): RootForecastReport {
  const { graph } = context;
  const aborts = collection.aborts.map(abortReport);
  const reported = repositories.length > 0 ? repositoryFilter(graph, repositories) : undefined;
  return {
    name: root.name,
    path: root.path,
    kind: root.kind,
    deleteUntagged,
    keepTags: keepTags ?? null,
    outcome: aborts.length > 0 ? "aborts" : "completes",
    abort: aborts[0] ?? null,
    aborts,
    marked: collection.marked,
    removedTags: removedImages(graph, removed),
    deletedManifests: collection.deletedRevisions.map(
      ({ repository, digest }) => `${repository.name}@${graph.digests.text(digest)}`,
    ),
    deletedBlobs: [...collection.deletedBlobs]
      .sort((a, b) => graph.digests.compare(a, b))
      .map((blob) => graph.digests.text(blob)),
    deletedBytes: collection.deletedBytes,
    safeToFreeBytes,
    unseenRepositories: [...unseenRepositories(context)].map(({ repository }) => repository.name),
    breaks: breaks
      .map((broken) => breakReport(graph, broken))
      .filter(({ repository }) => reported?.has(repository) ?? true),
  };
}

function abortReport({ path, reason, phase }: Abort): AbortReport {
  return { path, reason, message: abortMessage(reason, phase) };
}

function breakReport(graph: RootGraph, { tag, lost, keepers }: BrokenByCollection): BreakReport {
  const repository = graph.repository(graph.tags.repository(tag)).name;
  return {
    repository,
    tag: graph.tags.name(tag),
    digest: graph.digests.text(graph.tags.target(tag)),
    lost: lost.map(({ digest, role, platform }) => ({
      digest: graph.digests.text(digest),
      role,
      ...(platform !== undefined && { platform }),
    })),
    keptBy: keepers.map((keeper) => keeperSentence(keeper, repository)),
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
