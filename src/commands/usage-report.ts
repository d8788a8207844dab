// From inspected roots to the report of their space.
import { investigatedRootRecord } from "../contract/run.ts";
import type { RootUsageReport, UsageEntry, UsageReport } from "../contract/usage.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { OptionsOf } from "../options.ts";
import { bytesOfReferrers, emptiedRepositories, orphanedReferrers } from "../registry/usage/leftovers.ts";
import type { RepositoryUsage, RootUsage, TagUsage } from "../registry/usage/usage.ts";
import { selectNames } from "../scan/list-namespace.ts";
import type { RootUsages } from "./space.ts";

type Choice = Pick<OptionsOf<"usage">, "by" | "sort" | "top" | "repositories">;

/** The roots, and the entries that the options choose. */
export function usageReport(
  usages: RootUsages,
  { by, sort, top, repositories }: Choice,
): Pick<UsageReport, "roots" | "by" | "sort" | "top" | "entries" | "allEntries"> {
  const entries: UsageEntry[] = [];
  const roots = [...usages].map(([{ root, context }, usage]): RootUsageReport => {
    const { graph, catalogue } = context;
    const chosen = chosenRepositories(graph, repositories);
    const all =
      by === "tag" ? tagEntries(root.name, graph, usage.tags) : repositoryEntries(root.name, usage.repositories);
    for (const entry of all) if (chosen.has(entry.repository)) entries.push(entry);
    return { ...investigatedRootRecord(root), ...counts(usage), ...leftovers(graph, catalogue.seen, root.kind) };
  });
  const sorted = sort === "name" ? entries : entries.sort((a, b) => b[sort] - a[sort]);
  return { roots, by, sort, top: top ?? null, allEntries: sorted.length, entries: sorted.slice(0, top) };
}

type Leftovers = Pick<RootUsageReport, "orphanedReferrers" | "emptiedRepositories">;

/** What a cache lacks it fetches when it is asked for. */
function leftovers(graph: RootGraph, seen: readonly string[], kind: "authoritative" | "cache"): Leftovers {
  if (kind === "cache") return { orphanedReferrers: { bytes: 0, entries: [] }, emptiedRepositories: [] };
  const orphaned = [...orphanedReferrers(graph)];
  const entries = orphaned.map(({ repository, tag, digest, subject, bytes }) => {
    const name = tag < 0 ? null : graph.tags.name(tag);
    return { repository: repository.name, tag: name, digest: graph.digests.text(digest), subject, bytes };
  });
  return {
    orphanedReferrers: { bytes: bytesOfReferrers(graph, orphaned), entries },
    emptiedRepositories: emptiedRepositories(graph, seen),
  };
}

function counts(usage: RootUsage): Omit<RootUsageReport, "name" | "path" | "kind" | keyof Leftovers> {
  const { blobs, total, tagged, untagged, unreferenced, uploads } = usage;
  return {
    repositories: usage.repositories.length,
    tags: usage.tags.length,
    blobs,
    total,
    tagged,
    untagged,
    unreferenced,
    reclaimable: untagged + unreferenced,
    uploads,
  };
}

/** By name. Sorting by anything else keeps that order among equals. */
function repositoryEntries(root: string, repositories: readonly RepositoryUsage[]): UsageEntry[] {
  return repositories.map(({ repository, total, unique, untagged, uploads }) => {
    const tags = repository.tags.length;
    return { root, repository: repository.name, tags, total, unique, shared: total - unique, untagged, uploads };
  });
}

function tagEntries(root: string, graph: RootGraph, tags: readonly TagUsage[]): UsageEntry[] {
  return tags.map(({ tag, total, unique }) => {
    const target = graph.tags.target(tag);
    const repository = graph.repository(graph.tags.repository(tag)).name;
    const digest = target < 0 ? null : graph.digests.text(target);
    return { root, repository, tag: graph.tags.name(tag), digest, total, unique, shared: total - unique };
  });
}

function chosenRepositories(graph: RootGraph, globs: readonly string[]): ReadonlySet<string> {
  const names = graph.repositories().map(({ name }) => name);
  return new Set(globs.length === 0 ? names : selectNames(names, globs));
}
