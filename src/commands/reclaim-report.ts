// From inspected roots and what can be deleted of them to the report.
import { imageName } from "../checks/index.ts";
import type { KeptReport, ReclaimReport, RootReclaimReport } from "../contract/reclaim.ts";
import { investigatedRootRecord } from "../contract/run.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { InspectedRoots } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { Reclaim } from "../registry/reclaim/reclaim.ts";
import type { KeptRevision } from "../registry/reclaim/select.ts";
import type { CleanUps } from "./clean-up.ts";
import { type Run, reportHead, verdictOf } from "./run.ts";

/** A root, and what can be deleted of it. */
export interface RootReclaim {
  readonly inspection: RootInspection;
  /** undefined for a pull-through cache, which deletes by itself. */
  readonly found: Reclaim | undefined;
  /** Why nothing is offered; empty where it is. */
  readonly refused: readonly string[];
}

export interface ReclaimReportOptions {
  readonly olderThan: number;
  readonly keepTags: number | undefined;
  /** The files that are written, and the folder that the offline script moves things to. */
  readonly files: {
    readonly list: string | undefined;
    readonly script: string | undefined;
    readonly offlineScript: string | undefined;
    readonly quarantine: string | undefined;
  };
}

export function reclaimReport(
  { roots, notFound }: { readonly roots: readonly RootReclaim[] } & Pick<CleanUps, "notFound">,
  unreadable: InspectedRoots["unreadable"],
  { olderThan, keepTags, files }: ReclaimReportOptions,
  run: Run,
): ReclaimReport {
  const reported = roots.map(rootReport);
  const sum = (count: (root: RootReclaimReport) => number) => reported.reduce((total, root) => total + count(root), 0);
  const manifests = sum((root) => root.manifests.length);
  const isUncertain = unreadable.length > 0 || roots.some(({ refused }) => refused.length > 0);
  return {
    ...reportHead("reclaim", run),
    verdict: verdictOf(manifests > 0, isUncertain),
    olderThanMs: olderThan,
    keepTags: keepTags ?? null,
    list: files.list ?? null,
    script: files.script ?? null,
    offlineScript: files.offlineScript ?? null,
    quarantine: files.offlineScript === undefined ? null : (files.quarantine ?? null),
    roots: reported,
    notFound: [...notFound],
    unreadable,
    summary: {
      manifests,
      freedBytes: sum((root) => root.freedBytes),
      freedAnywayBytes: sum((root) => root.freedAnywayBytes),
      removedTags: sum((root) => root.manifests.reduce((tags, manifest) => tags + manifest.tags.length, 0)),
      kept: sum((root) => root.kept.length),
    },
  };
}

function rootReport({ inspection: { root, context }, found, refused }: RootReclaim): RootReclaimReport {
  const { graph } = context;
  const isOffered = found !== undefined && refused.length === 0;
  return {
    ...investigatedRootRecord(root),
    refused,
    freedBytes: isOffered ? found.simulation.collection.deletedBytes : 0,
    freedAnywayBytes: isOffered ? found.freedAnyway : 0,
    manifests: isOffered ? manifestsOf(graph, found) : [],
    stayingTags: (found?.staying ?? []).map(({ tag, reason }) => ({ image: imageName(graph, tag), reason })),
    kept: (found?.kept ?? []).map((kept) => keptReport(graph, kept)),
  };
}

function manifestsOf(graph: RootGraph, { free, freeBytes }: Reclaim): RootReclaimReport["manifests"] {
  return free.map(({ repository, digest, modified, tags }, at) => ({
    repository: repository.name,
    digest: graph.digests.text(digest),
    bytes: freeBytes[at]!,
    modified: new Date(modified).toISOString(),
    reason: tags.length > 0 ? "tag-removed" : "untagged",
    tags: tags.map((tag) => imageName(graph, tag)),
  }));
}

function keptReport(graph: RootGraph, { repository, digest, reason, by, tag }: KeptRevision): KeptReport {
  const needer = tag >= 0 ? imageName(graph, tag) : by >= 0 ? graph.digests.text(by) : undefined;
  return {
    repository: repository.name,
    digest: graph.digests.text(digest),
    reason,
    ...(needer !== undefined && { by: needer }),
  };
}
