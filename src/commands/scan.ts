// regfsck scan: what is damaged, which images that breaks, and what to do.
import { SEVERITIES } from "../checks/finding.ts";
import type { ScanOptions } from "../config/scan-options.ts";
import { REPORTERS } from "../report/index.ts";
import type { ScanReport } from "../report/report.ts";
import { chooseRoots } from "./choose-roots.ts";
import { exitCode } from "./exit-code.ts";
import { inspectRoot, type RootInspection } from "./inspect-root.ts";
import { checkOutsideRoots, writeWhole } from "./output-file.ts";
import { scanReport } from "./scan-report.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Scans the roots, prints the report and writes it where asked. Gives the exit code.
 * Throws a UsageError before anything is read; rejects when standard output cannot be written.
 */
export async function scan(options: ScanOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const { chosen, unreadable } = chooseRoots(terminal.fs, options);
  if (options.report !== undefined) {
    checkOutsideRoots(
      "--report",
      options.report,
      chosen.map(({ root }) => root.path),
    );
  }
  const inspections: RootInspection[] = [];
  for (const { root, namespace, names } of chosen) {
    const settings = { ...options, tagTimes: false, now: startedAt };
    const wholeRoot = options.repositories.length === 0;
    inspections.push(
      await inspectRoot(terminal.fs, root, namespace, names, wholeRoot, settings, (phase, done, total) =>
        terminal.progress(chosen.length > 1 ? `${root.name}: ${phase}` : phase, done, total),
      ),
    );
  }
  terminal.clearProgress();
  const outside = unreadable.map(({ path, error }) => ({ root: "", path, error }));
  const report = scanReport(inspections, outside, options, startedAt, terminal);
  const failing = failsOn(report, options);
  let incomplete = report.unreadable.length > 0;
  if (options.report !== undefined && !(await saveReport(report, options, terminal))) incomplete = true;
  const code = exitCode({ findings: failing, incomplete });
  if (!options.quiet || code !== 0) {
    const { colour, width } = terminal;
    for (const chunk of REPORTERS[options.format](report, { colour, width })) await terminal.write(chunk);
  }
  return code;
}

/** Whether anything at or above the severity was found. */
function failsOn({ summary }: ScanReport, { failOn }: ScanOptions): boolean {
  if (failOn === "never") return false;
  return SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1).some((severity) => summary[severity] > 0);
}

async function saveReport(report: ScanReport, { report: file, dryRun }: ScanOptions, terminal: Terminal) {
  if (file === undefined) return true;
  if (dryRun) {
    terminal.warn(`--dry-run: the report is not written to ${file}`);
    return true;
  }
  try {
    const format = file.endsWith(".jsonl") ? "jsonl" : "json";
    writeWhole(file, REPORTERS[format](report));
    return true;
  } catch (error) {
    terminal.warn(`--report ${file}: ${(error as Error).message}`);
    return false;
  }
}
