// Reports as lines of JSON, each an object with its type. The last is always the summary, so that a stream that was cut
// off is noticed.
import type { ForecastReport, RootForecastReport } from "../contract/forecast.ts";
import type { GateReport } from "../contract/gate.ts";
import type { PlanReport } from "../contract/plan.ts";
import type { ScanReport } from "../contract/scan.ts";
import type { UsageReport } from "../contract/usage.ts";
import type { VerifyReport } from "../contract/verify.ts";
import type { WhyReport } from "../contract/why.ts";
import { toJson } from "./json.ts";

type Lines = Generator<string>;

function line(type: string, record: object): string {
  return `${toJson({ type, ...record })}\n`;
}

function* each(type: string, items: Iterable<object>): Lines {
  for (const item of items) yield line(type, item);
}

function* scanLines(
  { roots, findings, brokenTags, unreadable, summary, history, ...run }: ScanReport,
  type: string,
): Lines {
  yield* each("root", roots);
  yield* each("finding", findings);
  yield* each("brokenTag", brokenTags);
  yield* each("unreadable", unreadable);
  yield line(type, { ...run, ...summary, history });
}

function* forecastLines(report: ForecastReport, rootType: string, type: string): Lines {
  const { roots, unreadable, ...run } = report;
  for (const root of roots) {
    const { name, path, kind, deleteUntagged, keepTags, outcome, abort, marked, deletedBytes, correctlyFreedBytes } =
      root;
    const figures = { marked, deletedBytes, correctlyFreedBytes };
    yield line(rootType, { name, path, kind, deleteUntagged, keepTags, outcome, abort, ...figures });
  }
  for (const { name: root, breaks } of roots) for (const one of breaks) yield line("break", { root, ...one });
  for (const { name: root, aborts } of roots) for (const one of aborts) yield line("abort", { root, ...one });
  const lists = {
    unseenRepositories: ["unseenRepository", "repository"],
    removedTags: ["removedTag", "image"],
    deletedManifests: ["deletedManifest", "manifest"],
    deletedBlobs: ["deletedBlob", "digest"],
  } as const;
  for (const [member, [kind, field]] of Object.entries(lists)) {
    for (const root of roots) {
      for (const item of root[member as keyof typeof lists]) yield line(kind, { root: root.name, [field]: item });
    }
  }
  yield* each("unreadable", unreadable);
  const sum = (of: (root: RootForecastReport) => number) => roots.reduce((total, root) => total + of(root), 0);
  yield line(type, {
    ...run,
    breaks: sum((root) => root.breaks.length),
    aborts: sum((root) => root.aborts.length),
    unseenRepositories: sum((root) => root.unseenRepositories.length),
    marked: sum((root) => root.marked),
    removedTags: sum((root) => root.removedTags.length),
    deletedManifests: sum((root) => root.deletedManifests.length),
    deletedBlobs: sum((root) => root.deletedBlobs.length),
    deletedBytes: sum((root) => root.deletedBytes),
    correctlyFreedBytes: sum((root) => root.correctlyFreedBytes),
  });
}

/** Only the last line is called `summary`, so that a stream that was cut off is noticed here too. */
function* gateLines({ scan, forecast, ...decided }: GateReport): Lines {
  yield* scanLines(scan, "scanSummary");
  yield* forecastLines(forecast, "forecastRoot", "forecastSummary");
  yield line("summary", decided);
}

function* planLines({ roots, steps, left, unreadable, summary, ...run }: PlanReport): Lines {
  yield* each("root", roots);
  yield* each("step", steps);
  yield* each("left", left);
  yield* each("unreadable", unreadable);
  yield line("summary", { ...run, ...summary });
}

function* usageLines({ roots, entries, unreadable, ...run }: UsageReport): Lines {
  yield* each("root", roots);
  yield* each("entry", entries);
  yield* each("unreadable", unreadable);
  yield line("summary", run);
}

function* verifyLines({ roots, images, unreadable, ...run }: VerifyReport): Lines {
  yield* each("root", roots);
  yield* each("image", images);
  yield* each("unreadable", unreadable);
  yield line("summary", run);
}

function* whyLines({ roots, blobs, unreadable, ...run }: WhyReport): Lines {
  yield* each("root", roots);
  yield* each("blob", blobs);
  yield* each("unreadable", unreadable);
  yield line("summary", run);
}

export const renderJsonLines = {
  scan: (report: ScanReport) => scanLines(report, "summary"),
  forecast: (report: ForecastReport) => forecastLines(report, "root", "summary"),
  gate: (report: GateReport) => gateLines(report),
  plan: (report: PlanReport) => planLines(report),
  usage: (report: UsageReport) => usageLines(report),
  verify: (report: VerifyReport) => verifyLines(report),
  why: (report: WhyReport) => whyLines(report),
};
