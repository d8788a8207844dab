// regfsck gate: scan and forecast of one reading of the disk, as one decision for cron.
import { createHash, randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { GateOptions } from "../config/gate-options.ts";
import { NoRootError } from "../contract/errors.ts";
import type { Decision, Fingerprint, GateReport } from "../contract/gate.ts";
import type { ScanReport } from "../contract/scan.ts";
import { markLines } from "../facts/fingerprint.ts";
import { graphMarks } from "../graph/graph-fingerprint.ts";
import { type InspectedRoots, inspectAll } from "../inspect/inspect-all.ts";
import { print, ResultFiles, readState, readText } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { checkOutsideGiven } from "../output/whole-file.ts";
import { uploadsSince } from "../registry/collect/forecast.ts";
import { doubtedRoots, nextState, stateText } from "../report/history.ts";
import { render } from "../report/index.ts";
import { type GateMetricsInput, parseEarlierGateMetrics, renderGateMetrics } from "../report/metrics/gate.ts";
import { imagesToRemove } from "./clean-up.ts";
import { decide } from "./decide.ts";
import { EXIT } from "./exit-code.ts";
import { forecastReport } from "./forecast-report.ts";
import { scanReport } from "./scan-report.ts";

export const GATE_EXIT: Record<Decision, number> = { go: EXIT.clean, stop: EXIT.findings, undecided: EXIT.incomplete };

/** Decides and prints. Gives the exit code: 0 go, 4 stop, 8 undecided. */
export async function gate(options: GateOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const removedImages = imagesToRemove(options);
  const last = await readState(options.state);
  const settings = {
    ...options,
    repositories: [],
    verifyContent: false,
    tagTimes: options.keepTags !== undefined,
    tagHistory: options.deleteUntagged,
    everyFolder: true,
    staleUploadAge: Number.POSITIVE_INFINITY,
    outputs: { "--report": options.report, "--state": options.state, "--metrics": options.metrics },
  };
  const files = new ResultFiles(options.dryRun, terminal);
  const inspected = await inspectAll(settings, startedAt, terminal).catch((error: unknown) => {
    // The metrics say that there is nothing to be decided on before the run ends: it may be an unmounted volume.
    const nothing = { tool: { name: "regfsck", version: terminal.version }, durationMs: 0, forecast: { roots: [] } };
    if (error instanceof NoRootError) {
      if (options.metrics !== undefined) checkOutsideGiven("--metrics", options.metrics, options.paths);
      writeMetrics(options, { ...nothing, decision: "undecided" }, files, terminal);
    }
    throw error;
  });
  const remembered = typeof last === "object" ? last : undefined;
  const scan = scanReport(inspected, options, remembered, startedAt, terminal);
  const forecast = forecastReport(inspected, { ...settings, removedImages }, startedAt, terminal);
  const marked = new Map(forecast.roots.map((root) => [root.path, root.marked]));
  const paths = options.paths.map((path) => resolve(path));
  const evidence = {
    scan,
    forecast,
    authoritative: authoritativeSummary(scan),
    uploads: recentUploads(inspected, startedAt - options.quietPeriod),
    stateError: typeof last === "string" ? last : undefined,
    doubts: remembered ? [...doubtedRoots(scan.roots, remembered, paths, marked)] : [],
  };
  const { decision, reasons } = decide(evidence, options);
  const report: GateReport = {
    schemaVersion: 1,
    tool: scan.tool,
    registry: scan.registry,
    command: "gate",
    runId: randomUUID(),
    startedAt: scan.startedAt,
    durationMs: terminal.now() - startedAt,
    dryRun: options.dryRun,
    verdict: scan.verdict,
    decision,
    reasons,
    fingerprints: fingerprints(inspected),
    scan,
    forecast,
  };
  await files.writeReport(options.report, (format) => render(report, format, terminal));
  // Only what was read whole and believed is remembered.
  if (decision !== "undecided" && scan.unreadable.length === 0 && evidence.doubts.length === 0) {
    files.write("--state", options.state, () => stateText(nextState(scan, remembered, marked)));
  }
  const settled = decision === "go" && !files.complete ? "undecided" : decision;
  writeMetrics(options, { ...report, decision: settled }, files, terminal);
  const code = files.complete ? GATE_EXIT[decision] : GATE_EXIT[settled === "go" ? "undecided" : settled];
  await print(options, code, (format) => render(report, format, terminal), terminal, files);
  return code;
}

function writeMetrics(
  { metrics: file }: GateOptions,
  report: GateMetricsInput["report"],
  files: ResultFiles,
  terminal: Terminal,
): void {
  if (file === undefined) return;
  const earlier = parseEarlierGateMetrics(readText(file));
  const completedAt = terminal.now() / 1000;
  files.write("--metrics", file, () => [renderGateMetrics({ report, completedAt, earlier })]);
}

/** The counts by severity of the findings in authoritative roots. */
function authoritativeSummary({ roots, findings, summary }: ScanReport): ScanReport["summary"] {
  const names = new Set(roots.filter(({ kind }) => kind === "authoritative").map(({ name }) => name));
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { root, severity, accepted } of findings) if (names.has(root) && !accepted) counts[severity]++;
  return { ...summary, ...counts };
}

function recentUploads({ inspections }: InspectedRoots, since: number): string[] {
  const places = inspections.flatMap(({ root, context }) =>
    uploadsSince(context.graph, since).map(({ repository }) => `${root.name}: ${repository}`),
  );
  return [...new Set(places)];
}

function fingerprints({ inspections }: InspectedRoots): Fingerprint[] {
  return inspections.map(({ root, context }) => {
    const hash = createHash("sha256");
    for (const line of markLines(graphMarks(context.graph))) hash.update(line);
    return { root: root.name, path: root.path, sha256: hash.digest("hex") };
  });
}
