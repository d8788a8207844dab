// From inspected roots and their plan to the report.

import { CHECKS } from "../checks/index.ts";
import { isElsewhere } from "../contract/cause.ts";
import type { ContentReport } from "../contract/content.ts";
import type { LeftReport, PlanReport, RestorableReport } from "../contract/plan.ts";
import { investigatedRootRecord } from "../contract/run.ts";
import type { InspectedRoots } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { Plan } from "../recovery/plan.ts";
import type { RootPlan } from "../recovery/plan-root.ts";
import type { Obstacle } from "../recovery/step-list.ts";
import type { StepKind } from "../recovery/steps.ts";
import { groupBy } from "../text/group-by.ts";
import { type Run, reportHead } from "./run.ts";

interface PlanReportOptions {
  readonly verifyContent: boolean;
  /** How far content is verified, where that is known. */
  readonly content: ContentReport | undefined;
  /** The script, where it is written, and the folder that it moves things to. */
  readonly script: string | undefined;
  readonly quarantine: string | undefined;
  readonly restorable: readonly RestorableReport[];
}

export function planReport(
  { inspections, unreadable }: InspectedRoots,
  plan: Plan,
  { verifyContent, content, restorable, ...files }: PlanReportOptions,
  run: Run,
): PlanReport {
  const count = (kind: StepKind) => plan.steps.filter((step) => step.kind === kind).length;
  const sum = (images: (root: Plan["roots"][number]) => readonly string[]) =>
    plan.roots.reduce((total, root) => total + images(root).length, 0);
  const forbids = inspections.some(({ findings, causes }) => isElsewhere(causes) && !findings.isEmpty);
  const fixedByScript = sum(({ images }) => images.fixedByScript);
  const fixedByPush = sum(({ images }) => images.fixedByPush);
  const fixedByHand = sum(({ images }) => images.fixedByHand);
  return {
    ...reportHead("plan", run),
    verdict: verdictOf(plan.steps.length + fixedByHand > 0 || forbids, unreadable.length > 0),
    contentVerified: verifyContent,
    ...(content && { content }),
    script: files.script ?? null,
    quarantine: files.script === undefined ? null : (files.quarantine ?? null),
    roots: inspections.map(({ root }, index) => ({
      ...investigatedRootRecord(root),
      ...plan.roots[index]!.images,
    })),
    steps: plan.steps,
    left: inspections.flatMap((inspection, index) => leftIn(inspection, plan.roots[index]!.obstacles)),
    restorable: restorable.filter(({ count }) => count > 0),
    unreadable,
    summary: {
      clean: count("clean"),
      copy: count("copy"),
      folder: count("folder"),
      relink: count("relink"),
      push: count("push"),
      rebuild: count("rebuild"),
      brokenTags: fixedByScript + fixedByPush + fixedByHand + sum(({ images }) => images.unrecoverable),
      fixedByScript,
      fixedByPush,
      fixedByHand,
    },
  };
}

function verdictOf(hasWork: boolean, incomplete: boolean): PlanReport["verdict"] {
  if (incomplete) return hasWork ? "findings+incomplete" : "incomplete";
  return hasWork ? "findings" : "clean";
}

/** Where a person has to do what the script must not. */
const BY_HAND: Readonly<Record<Obstacle, { readonly code: string; readonly words: string }>> = {
  "not-utf8": { code: "stray-entry", words: "its name is not UTF-8" },
  symlink: { code: "symlink", words: "the script follows no symbolic link, and one is on the way" },
  alias: { code: "symlink", words: "a symbolic link leads there too, so what is wrong here may be right there" },
  unknown: { code: "unreadable", words: "it cannot be looked at" },
};

function leftIn(inspection: RootInspection, obstacles: RootPlan["obstacles"]): LeftReport[] {
  const root = inspection.root.name;
  if (isElsewhere(inspection.causes)) {
    const [cause] = inspection.causes;
    return [{ root, code: cause!.code, count: cause!.findings, reason: `${cause!.message}. Fix: ${cause!.fix}` }];
  }
  const left = Object.values(CHECKS).flatMap(({ code, leftByPlan: reason }) => {
    const count = inspection.findings.count(code);
    return reason === undefined || count === 0 ? [] : [{ root, code, count, reason }];
  });
  const byHand = [...groupBy(obstacles, ([, obstacle]) => obstacle).values()].map((paths) => {
    const [path, obstacle] = paths[0]!;
    const { code, words } = BY_HAND[obstacle];
    const where = paths.length === 1 ? "" : ", the first of them";
    return { root, code, count: paths.length, reason: `${words}: fix it by hand (${path}${where})` };
  });
  return [...left, ...byHand];
}
