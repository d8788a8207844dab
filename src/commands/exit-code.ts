// The exit codes of the contract, after fsck(8), and what makes a run fail. Only 0 permits a clean-up.
import { type FailOn, SEVERITIES } from "../contract/finding.ts";
import type { ScanReport } from "../contract/scan.ts";

export const EXIT = { clean: 0, findings: 4, incomplete: 8, usage: 16, interrupted: 32 } as const;

/** The code of a run that ended: what it found and whether it saw everything. */
export function exitCode(run: { readonly findings: boolean; readonly incomplete: boolean }): number {
  return (run.findings ? EXIT.findings : 0) | (run.incomplete ? EXIT.incomplete : 0);
}

/** Whether anything at or above the severity was found; never, for `never`. */
export function failsOn(summary: ScanReport["summary"], failOn: FailOn): boolean {
  if (failOn === "never") return false;
  return SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1).some((severity) => summary[severity] > 0);
}
