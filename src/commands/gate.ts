// regfsck gate: scan and forecast of one reading of the disk, as one decision for cron.
import { createHash } from "node:crypto";
import type { Decision, Fingerprint, GateReport } from "../contract/gate.ts";
import type { ScanReport } from "../contract/scan.ts";
import { markLines } from "../facts/fingerprint.ts";
import { graphMarks } from "../graph/graph-fingerprint.ts";
import { type InspectedRoots, inspectAll } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import { readState, readText } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { uploadsSince } from "../registry/collect/forecast.ts";
import { doubtedRoots, nextState, stateText } from "../report/history.ts";
import { render } from "../report/index.ts";
import { type GateMetricsInput, parseEarlierGateMetrics, renderGateMetrics } from "../report/metrics/gate.ts";
import { imagesToRemove } from "./clean-up.ts";
import { decide } from "./decide.ts";
import { EXIT } from "./exit-code.ts";
import { collectionNeeds, forecastReport } from "./forecast-report.ts";
import { beginRun, endRun, orNoRoot, type Run, reportHead } from "./run.ts";
import { scanReport } from "./scan-report.ts";

type GateOptions = OptionsOf<"gate">;

export const GATE_EXIT: Record<Decision, number> = { go: EXIT.clean, stop: EXIT.findings, undecided: EXIT.incomplete };

/** Decides and prints. Gives the exit code: 0 go, 4 stop, 8 undecided. */
export async function gate(options: GateOptions, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal);
  const removedImages = imagesToRemove(options);
  const last = await readState(options.state);
  const inspected = await orNoRoot(run, inspectAll(options, collectionNeeds(options), run), () => {
    const nothing = { tool: { name: "regfsck", version: terminal.version }, durationMs: 0, forecast: { roots: [] } };
    return writeMetrics(options, { ...nothing, decision: "undecided" }, run);
  });
  const remembered = typeof last === "object" ? last : undefined;
  const scan = scanReport(inspected, options, remembered, run);
  const forecast = forecastReport(inspected, { ...options, repositories: [], removedImages }, run);
  const marked = new Map(forecast.roots.map((root) => [root.path, root.marked]));
  const evidence = {
    scan,
    forecast,
    authoritative: authoritativeSummary(scan),
    uploads: recentUploads(inspected, run.startedAt - options.quietPeriod),
    stateError: typeof last === "string" ? last : undefined,
    doubts: remembered ? [...doubtedRoots(scan.roots, remembered, run.paths, marked)] : [],
  };
  const decided = decide(evidence, options);
  const report: GateReport = {
    ...reportHead("gate", run),
    verdict: scan.verdict,
    ...decided,
    fingerprints: fingerprints(inspected),
    scan,
    forecast,
  };
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    write: async () => {
      // Only what was read in full and believed is remembered.
      if (decided.decision !== "undecided" && scan.unreadable.length === 0 && evidence.doubts.length === 0) {
        await run.files.write("--state", options.state, () => stateText(nextState(scan, remembered, marked)));
      }
      await writeMetrics(options, { ...report, decision: settled(decided.decision, run.files.complete) }, run);
    },
    code: (filesComplete) => GATE_EXIT[settled(decided.decision, filesComplete)],
  });
}

/** There is no go where a result could not be written. */
function settled(decision: Decision, filesComplete: boolean): Decision {
  return decision === "go" && !filesComplete ? "undecided" : decision;
}

async function writeMetrics(
  { metrics: file }: GateOptions,
  report: GateMetricsInput["report"],
  { files, terminal }: Run,
): Promise<void> {
  if (file === undefined) return;
  const earlier = parseEarlierGateMetrics(readText(file));
  const completedAt = terminal.now() / 1000;
  await files.writeMetrics(file, renderGateMetrics({ report, completedAt, earlier }));
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
