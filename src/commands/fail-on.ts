// Whether what was found is severe enough to fail on.
import { SEVERITIES } from "../checks/finding.ts";
import type { FailOn } from "../config/scan-options.ts";
import type { ScanReport } from "../contract/scan.ts";

/** Whether anything at or above the severity was found; never, for `never`. */
export function failsOn(summary: ScanReport["summary"], failOn: FailOn): boolean {
  if (failOn === "never") return false;
  return SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1).some((severity) => summary[severity] > 0);
}
