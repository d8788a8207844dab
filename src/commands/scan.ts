// regfsck scan: what is damaged, which images that breaks, and what to do.
import type { ScanOptions } from "../config/scan-options.ts";
import { UsageError } from "../config/usage-error.ts";
import { nextState, shrunkRoots, stateText } from "../report/history.ts";
import { REPORTERS } from "../report/index.ts";
import type { State } from "../report/state-file.ts";
import { print, ResultFiles, readState } from "./emit.ts";
import { exitCode } from "./exit-code.ts";
import { failsOn } from "./fail-on.ts";
import { inspectAll } from "./inspect-all.ts";
import { scanReport } from "./scan-report.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Scans the roots, prints the report and writes it where asked. Gives the exit code.
 * Throws a UsageError before anything is read; rejects when standard output cannot be written.
 */
export async function scan(options: ScanOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const outputs = { "--report": options.report, "--state": options.state, "--metrics": options.metrics };
  const last = await lastState(options);
  const inspected = await inspectAll(
    { ...options, tagTimes: false, tagHistory: false, everyFolder: false, outputs },
    startedAt,
    terminal,
  );
  const report = scanReport(inspected, options, last, startedAt, terminal);
  if (last) for (const warning of shrunkRoots(report, last)) terminal.warn(warning);
  const files = new ResultFiles(options.dryRun, terminal);
  files.writeReport(options.report, (format) => REPORTERS[format](report));
  const isComplete = report.unreadable.length === 0;
  if (isComplete) files.write("--state", options.state, () => stateText(nextState(report, last, new Map())));
  const findings = failsOn(report.summary, options.failOn);
  const code = exitCode({ findings, incomplete: !isComplete || !files.complete });
  await print(options, code, (format) => REPORTERS[format](report, terminal), terminal);
  return code;
}

/** Throws a UsageError where there is a state file that is none: what changed cannot be told then. */
async function lastState({ state: file }: ScanOptions): Promise<State | undefined> {
  const last = await readState(file);
  if (typeof last === "string") throw new UsageError(`--state ${last}; delete it to start afresh`);
  return last;
}
