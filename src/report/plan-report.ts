// What a plan says, as plain data.
import type { PlanStep } from "../recovery/steps.ts";
import type { InvestigatedRoot, InvestigationRun } from "./investigation-run.ts";
import type { UnreadableReport } from "./report.ts";

export interface PlannedRoot extends InvestigatedRoot {
  /** `repository:tag` of the broken images, by what makes them whole: the script, a push after it, or nothing. */
  readonly healedByScript: readonly string[];
  readonly healedByPush: readonly string[];
  readonly toRebuild: readonly string[];
}

/** What was found and is left as it is, and why. */
export interface LeftReport {
  readonly root: string;
  readonly code: string;
  readonly count: number;
  readonly reason: string;
}

export interface PlanReport extends InvestigationRun {
  readonly command: "plan";
  readonly verdict: "nothing-to-mend" | "mend" | "incomplete" | "mend+incomplete";
  readonly contentVerified: boolean;
  readonly roots: readonly PlannedRoot[];
  /** What heals most comes first. */
  readonly steps: readonly PlanStep[];
  readonly left: readonly LeftReport[];
  readonly unreadable: readonly UnreadableReport[];
  /** The script, where one was asked for and there is something for it to do, and where it moves things. */
  readonly script: string | null;
  readonly quarantine: string | null;
  readonly summary: {
    readonly clean: number;
    readonly copy: number;
    readonly folder: number;
    readonly relink: number;
    readonly push: number;
    readonly rebuild: number;
    readonly brokenTags: number;
    readonly healedByScript: number;
    readonly healedByPush: number;
  };
}
