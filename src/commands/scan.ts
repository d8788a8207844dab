// regfsck scan: what is damaged, which images that breaks, and what to do.
import type { ScanOptions } from "../config/scan-options.ts";
import { REPORTERS } from "../report/index.ts";
import { print, saveReport } from "./emit.ts";
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
  const outputs = { "--report": options.report };
  const inspected = await inspectAll({ ...options, tagTimes: false, outputs }, startedAt, terminal);
  const report = scanReport(inspected, options, startedAt, terminal);
  const saved = saveReport(options, (format) => REPORTERS[format](report), terminal);
  const code = exitCode({
    findings: failsOn(report.summary, options.failOn),
    incomplete: report.unreadable.length > 0 || !saved,
  });
  await print(options, code, (format) => REPORTERS[format](report, terminal), terminal);
  return code;
}
