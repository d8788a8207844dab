// regfsck gate: scan and forecast of one reading of the disk, as one decision for cron.
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { GateOptions } from "../config/gate-options.ts";
import { parseState, type State } from "../config/state-file.ts";
import { graphMarks } from "../graph/marks.ts";
import { markLines } from "../layout/marks.ts";
import { uploadsSince } from "../registry/forecast.ts";
import type { Decision, Fingerprint, GateReport } from "../report/forecast-report.ts";
import { GATE_REPORTERS } from "../report/index.ts";
import type { ScanReport } from "../report/report.ts";
import { imagesToRemove } from "./clean-up.ts";
import { decide } from "./decide.ts";
import { print, saveReport } from "./emit.ts";
import { EXIT } from "./exit-code.ts";
import { forecastReport } from "./forecast-report.ts";
import { type InspectedRoots, inspectAll } from "./inspect-all.ts";
import { writeWhole } from "./output-file.ts";
import { scanReport } from "./scan-report.ts";
import type { Terminal } from "./terminal.ts";

export const GATE_EXIT: Record<Decision, number> = { go: EXIT.clean, stop: EXIT.findings, undecided: EXIT.incomplete };

/** Decides and prints. Gives the exit code: 0 go, 4 stop, 8 undecided. */
export async function gate(options: GateOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const removedImages = imagesToRemove(options);
  const last = options.state === undefined ? undefined : readState(options.state);
  const settings = {
    ...options,
    repositories: [],
    verifyContent: false,
    tagTimes: options.keepTags !== undefined,
    staleUploadAge: Number.POSITIVE_INFINITY,
    outputs: { "--report": options.report, "--state": options.state },
  };
  const inspected = await inspectAll(settings, startedAt, terminal);
  const scan = scanReport(inspected, options, startedAt, terminal);
  const forecast = forecastReport(inspected, { ...settings, removedImages }, startedAt, terminal);
  const evidence = {
    scan,
    forecast,
    authoritative: authoritativeSummary(scan),
    uploads: recentUploads(inspected, startedAt - options.quietPeriod),
    last,
  };
  const { decision, reasons } = decide(evidence, options);
  const report: GateReport = {
    schemaVersion: 1,
    tool: scan.tool,
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
  const saved = saveReport(options, (format) => GATE_REPORTERS[format](report), terminal);
  const remembered = saveState(options, report, terminal);
  const code = decision === "go" && !(saved && remembered) ? EXIT.incomplete : GATE_EXIT[decision];
  await print(options, code, (format) => GATE_REPORTERS[format](report, terminal), terminal);
  return code;
}

/** The state in the file; undefined where there is no file yet, else why it cannot be told. */
function readState(file: string): State | string | undefined {
  try {
    return parseState(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return `${file}: ${(error as Error).message}`;
  }
}

/** Only what was read whole and believed is remembered. False when it could not be written. */
function saveState({ state: file, dryRun }: GateOptions, report: GateReport, terminal: Terminal): boolean {
  if (file === undefined || report.decision === "undecided" || report.scan.unreadable.length > 0) return true;
  if (dryRun) {
    terminal.warn(`--dry-run: the state is not written to ${file}`);
    return true;
  }
  const state: State = {
    schemaVersion: 1,
    completedAt: report.startedAt,
    roots: report.scan.roots.map(({ path, counts }, index) => ({
      path,
      repositories: counts.repositories,
      blobs: counts.blobs,
      marked: report.forecast.roots[index]?.marked ?? 0,
    })),
  };
  try {
    writeWhole(file, [`${JSON.stringify(state, null, 2)}\n`]);
    return true;
  } catch (error) {
    terminal.warn(`--state ${file}: ${(error as Error).message}`);
    return false;
  }
}

/** The counts by severity of the findings in authoritative roots. */
function authoritativeSummary({ roots, findings, summary }: ScanReport): ScanReport["summary"] {
  const names = new Set(roots.filter(({ kind }) => kind === "authoritative").map(({ name }) => name));
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { root, severity } of findings) if (names.has(root)) counts[severity]++;
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
