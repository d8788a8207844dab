// From inspected roots to the report of a scan.
import type { Cause } from "../contract/cause.ts";
import type { ContentReport } from "../contract/content.ts";
import { investigatedRootRecord } from "../contract/run.ts";
import type { BrokenTagReport, RootReport, ScanReport, UnreadableReport } from "../contract/scan.ts";
import type { State } from "../contract/state-file.ts";
import { DiskState, ManifestKind } from "../facts/facts.ts";
import type { Accepted } from "../inspect/accepted.ts";
import { Findings } from "../inspect/findings.ts";
import type { InspectedRoots } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { compareWithState } from "../report/history.ts";
import { type Run, reportHead, verdictOf } from "./run.ts";

export interface ScanReportOptions {
  readonly accepted: readonly Accepted[];
  /** Which roots cannot be believed to be all that there is, by what they hold: nothing is then known of the rest. */
  /** What is gone since the last complete run. */
  readonly vanished?: (unread: readonly UnreadableReport[]) => readonly Cause[];
  /** How far the content of blobs is verified, where that is known. */
  readonly content?: ContentReport | undefined;
  readonly doubt?: (roots: readonly RootReport[]) => Iterable<UnreadableReport>;
}

/** Whether a cause is a finding of its own: that repositories are gone. Tags come and go. */
export function isLoss({ code, evidence }: Cause): boolean {
  return code === "vanished" && Number(evidence["repositories"]) > 0;
}

/** Everything that a scan of these roots found, as the contract names it. */
export function scanReport(
  { inspections, unreadable }: InspectedRoots,
  { accepted, doubt = () => [], vanished = () => [], content }: ScanReportOptions,
  last: State | undefined,
  run: Run,
): ScanReport {
  const findings = new Findings(inspections, {
    accepted,
    last,
    now: run.startedAt,
    checkMemory: run.terminal.checkMemory,
  });
  const counts = findings.count();
  const brokenTags = brokenTagReports(findings.idsByImage());
  const roots = inspections.map(rootReport);
  const unread = [...unreadable, ...doubt(roots)];
  const isComplete = unread.length === 0;
  const gone = vanished(unread);
  return {
    ...reportHead("scan", run),
    // Warnings count here whatever --fail-on says; what is merely worth knowing does not.
    verdict: verdictOf(counts.error + counts.warning + gone.filter(isLoss).length > 0, !isComplete),
    roots,
    causes: [...inspections.flatMap(({ causes }) => causes), ...gone],
    brokenTags,
    findings,
    unreadable: unread,
    ...(content && { content }),
    ...(last?.findings && isComplete && { history: compareWithState(findings, last) }),
    summary: {
      error: counts.error,
      warning: counts.warning,
      info: counts.info,
      brokenTags: brokenTags.length,
      accepted: counts.accepted,
    },
  };
}

/** The broken tags, each with the findings that break it; a tag whose findings did not settle is left out. */
function brokenTagReports(idsByImage: ReadonlyMap<RootInspection, ReadonlyMap<number, string[]>>): BrokenTagReport[] {
  return [...idsByImage].flatMap(([{ root, context }, ids]) => {
    const { graph, pull } = context;
    return pull.brokenTags.flatMap(({ tag, platforms }) => {
      const breaking = ids.get(tag);
      if (!breaking) return [];
      const target = graph.tags.target(tag);
      return {
        root: root.name,
        repository: graph.repository(graph.tags.repository(tag)).name,
        tag: graph.tags.name(tag),
        digest: target < 0 ? null : graph.digests.text(target),
        platforms,
        findings: breaking,
      };
    });
  });
}

function rootReport({ root, context: { graph } }: RootInspection): RootReport {
  const counts = { tags: 0, revisions: 0, manifests: 0, indexes: 0, layerLinks: 0, blobs: 0, blobBytes: 0, uploads: 0 };
  const repositories = graph.repositories();
  for (const { tags, revisions, layerLinks, uploads } of repositories) {
    counts.tags += tags.length;
    counts.uploads += uploads.length;
    for (const link of revisions) {
      if (graph.revisions.state(link) !== DiskState.absent) counts.revisions++;
    }
    for (const link of layerLinks) {
      if (graph.layerLinks.state(link) !== DiskState.absent) counts.layerLinks++;
    }
  }
  for (let digest = 0; digest < graph.digests.length; digest++) {
    if (graph.blobState(digest) !== DiskState.ok) continue;
    counts.blobs++;
    counts.blobBytes += graph.blobSize(digest);
    const manifest = graph.manifests.find(digest);
    if (manifest < 0 || !graph.manifests.isParsed(manifest)) continue;
    counts.manifests++;
    if (graph.manifests.kind(manifest) === ManifestKind.index) counts.indexes++;
  }
  return { ...investigatedRootRecord(root), counts: { repositories: repositories.length, ...counts } };
}
