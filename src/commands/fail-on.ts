// Whether what was found is severe enough to fail on.

import type { FailOn } from "../contract/finding.ts";
import { SEVERITIES } from "../contract/finding.ts";
import type { ScanReport } from "../contract/scan.ts";

/** Whether anything at or above the severity was found; never, for `never`. */
export function failsOn(summary: ScanReport["summary"], failOn: FailOn): boolean {
  if (failOn === "never") return false;
  return SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1).some((severity) => summary[severity] > 0);
}
