// regfsck scan: what is damaged, which images that breaks, and what to do.
import { resolve } from "node:path";
import { countUnreferenced } from "../checks/unreferenced-blob.ts";
import type { ScanOptions } from "../config/scan-options.ts";
import { NoRootError, UsageError } from "../contract/errors.ts";
import type { ScanReport, UnreadableReport } from "../contract/scan.ts";
import { type InspectedRoots, inspectAll } from "../inspect/inspect-all.ts";
import { print, ResultFiles, readState, readText } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { checkOutsideGiven } from "../output/whole-file.ts";
import { doubtedRoots, nextState, stateText } from "../report/history.ts";
import { render } from "../report/index.ts";
import { parseEarlierMetrics, renderMetrics } from "../report/metrics/scan.ts";
import { exitCode } from "./exit-code.ts";
import { failsOn } from "./fail-on.ts";
import { scanReport } from "./scan-report.ts";

/**
 * Scans the roots, prints the report and writes it where asked. Gives the exit code.
 * Throws a UsageError before anything is read; rejects when standard output cannot be written.
 */
export async function scan(options: ScanOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  refusePartial(options);
  const files = new ResultFiles(options.dryRun, terminal);
  const last = await readState(options.state);
  const known = typeof last === "object" ? last : undefined;
  const inspected = await inspect(options, startedAt, terminal, files);
  if (typeof last === "string") files.fail(`--state ${last}; delete it to start afresh`);
  const paths = options.paths.map((path) => resolve(path));
  const doubts: UnreadableReport[] = [];
  const doubt = (roots: ScanReport["roots"]) => {
    if (known) doubts.push(...doubtedRoots(roots, known, paths));
    return doubts;
  };
  const report = scanReport(inspected, { ...options, doubt }, known, startedAt, terminal);
  for (const { root, error } of doubts) terminal.warn(`incomplete: ${root}: ${error}`);
  await files.writeReport(options.report, (format) => render(report, format, terminal));
  const isComplete = report.unreadable.length === 0;
  // What is not understood is not written over either.
  if (isComplete && typeof last !== "string") {
    files.write("--state", options.state, () => stateText(nextState(report, known, new Map())));
  }
  writeMetrics(options, report, inspected, files, terminal);
  const findings = failsOn(report.summary, options.failOn);
  const code = exitCode({ findings, incomplete: !isComplete || !files.complete });
  await print(options, code, (format) => render(report, format, terminal), terminal, files);
  return code;
}

/** Throws a UsageError where a part of the repositories would pass for all of them. */
function refusePartial({ repositories, state, metrics }: ScanOptions): void {
  if (repositories.length === 0) return;
  const option = state !== undefined ? "--state" : metrics !== undefined ? "--metrics" : undefined;
  if (option) throw new UsageError(`${option} tells of whole roots; it does not go with --repo`);
}

/** Where there is no root to be read, the metrics say so before the run ends: it may be an unmounted volume. */
async function inspect(options: ScanOptions, startedAt: number, terminal: Terminal, files: ResultFiles) {
  const outputs = { "--report": options.report, "--state": options.state, "--metrics": options.metrics };
  const settings = { ...options, tagTimes: false, tagHistory: false, everyFolder: false, outputs };
  try {
    return await inspectAll(settings, startedAt, terminal);
  } catch (error) {
    if (error instanceof NoRootError) {
      if (options.metrics !== undefined) checkOutsideGiven("--metrics", options.metrics, options.paths);
      const nothing = { inspections: [], unreadable: [] };
      const report = scanReport(nothing, options, undefined, startedAt, terminal);
      writeMetrics(options, report, nothing, files, terminal);
    }
    throw error;
  }
}

function writeMetrics(
  { metrics: file, failOn }: ScanOptions,
  report: ScanReport,
  { inspections }: InspectedRoots,
  files: ResultFiles,
  terminal: Terminal,
): void {
  if (file === undefined) return;
  const unreferenced = new Map(
    inspections
      .filter(({ context }) => context.wholeRoot)
      .map(({ root, context }) => [root.name, countUnreferenced(context)]),
  );
  const earlier = parseEarlierMetrics(readText(file));
  const completedAt = terminal.now() / 1000;
  files.write("--metrics", file, () => [renderMetrics({ report, completedAt, failOn, unreferenced, earlier })]);
}
