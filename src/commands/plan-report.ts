// From inspected roots and their plan to the report.

import type { Check } from "../checks/check.ts";
import { CHECKS } from "../checks/index.ts";
import type { LeftReport, PlanReport } from "../contract/plan.ts";
import { investigatedRootRecord } from "../contract/run.ts";
import type { InspectedRoots } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { Plan } from "../recovery/plan.ts";
import type { StepKind } from "../recovery/steps.ts";
import { type Run, reportHead } from "./run.ts";

interface PlanReportOptions {
  readonly verifyContent: boolean;
  /** The script, where it is written, and the folder that it moves things to. */
  readonly script: string | undefined;
  readonly quarantine: string | undefined;
}

export function planReport(
  { inspections, unreadable }: InspectedRoots,
  plan: Plan,
  { verifyContent, ...files }: PlanReportOptions,
  run: Run,
): PlanReport {
  const count = (kind: StepKind) => plan.steps.filter((step) => step.kind === kind).length;
  const sum = (images: (root: Plan["roots"][number]) => readonly string[]) =>
    plan.roots.reduce((total, root) => total + images(root).length, 0);
  const fixedByScript = sum(({ images }) => images.fixedByScript);
  const fixedByPush = sum(({ images }) => images.fixedByPush);
  return {
    ...reportHead("plan", run),
    verdict: verdictOf(plan.steps.length > 0, unreadable.length > 0),
    contentVerified: verifyContent,
    script: files.script ?? null,
    quarantine: files.script === undefined ? null : (files.quarantine ?? null),
    roots: inspections.map(({ root }, index) => ({
      ...investigatedRootRecord(root),
      ...plan.roots[index]!.images,
    })),
    steps: plan.steps,
    left: inspections.flatMap((inspection, index) => leftIn(inspection, plan.roots[index]!.unnameable)),
    unreadable,
    summary: {
      clean: count("clean"),
      copy: count("copy"),
      folder: count("folder"),
      relink: count("relink"),
      push: count("push"),
      rebuild: count("rebuild"),
      brokenTags: fixedByScript + fixedByPush + sum(({ images }) => images.unrecoverable),
      fixedByScript,
      fixedByPush,
    },
  };
}

function verdictOf(hasSteps: boolean, incomplete: boolean): PlanReport["verdict"] {
  if (incomplete) return hasSteps ? "findings+incomplete" : "incomplete";
  return hasSteps ? "findings" : "clean";
}

function leftIn(inspection: RootInspection, unnameable: readonly string[]): LeftReport[] {
  const root = inspection.root.name;
  const left = Object.values<Check>(CHECKS).flatMap(({ code, leftByPlan: reason }) => {
    const count = inspection.findings.count(code);
    return reason === undefined || count === 0 ? [] : [{ root, code, count, reason }];
  });
  const odd = { root, code: "stray-entry", count: unnameable.length, reason: "its name is not UTF-8: move it by hand" };
  return unnameable.length > 0 ? [...left, odd] : left;
}
