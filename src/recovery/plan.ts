// The plan for all roots of a run together: each may copy from the others.
import type { CheckContext } from "../checks/context.ts";
import type { RootFindings } from "../checks/root-findings.ts";
import { UsageError } from "../contract/errors.ts";
import type { Entries } from "../facts/entries.ts";
import { planRoot, type RootPlan } from "./plan-root.ts";
import { type Restore, restoreSteps, withRestores } from "./restore-steps.ts";
import { corruptManifests, Sources } from "./sources.ts";
import { type PlanStep, type RelinkStep, rankSteps } from "./steps.ts";

export interface InspectedRoot {
  readonly context: CheckContext;
  readonly findings: RootFindings;
  /** What is at its paths. */
  readonly entries: Entries;
  /** Hashes a blob of the root: whether it is what its digest says; undefined where it cannot be read. */
  readonly isIntact: (digest: string) => boolean | undefined;
  /** Whether what is missing was not deleted: then no step is planned, which would act on what is right. */
  readonly forbidsRepair: boolean;
  /** The images that are to be brought back. */
  readonly restores: readonly Restore[];
}

export interface Plan {
  /** What fixes most comes first. */
  readonly steps: readonly PlanStep[];
  /** In the order of the roots. */
  readonly roots: readonly RootPlan[];
}

const NO_PLAN: RootPlan = {
  steps: [],
  images: { fixedByScript: [], fixedByHand: [], fixedByPush: [], unrecoverable: [] },
  obstacles: [],
};

/** Plans each root, as if all others stayed as they are. Throws a UsageError for an image that cannot be brought back. */
export async function planAll(inspected: readonly InspectedRoot[]): Promise<Plan> {
  const rootSources = inspected.map(({ context: { root, graph }, isIntact }) => {
    return { root, graph, corrupt: new Set(corruptManifests(graph)), isIntact };
  });
  const roots: RootPlan[] = [];
  for (const [index, root] of inspected.entries()) {
    const sources = new Sources(rootSources.filter((_, other) => other !== index));
    if (root.forbidsRepair) {
      if (root.restores.length > 0)
        throw new UsageError("--restore: what is missing is elsewhere, so nothing is restored");
      roots.push(NO_PLAN);
      continue;
    }
    const plan = await planRoot({ ...root, sources });
    const { root: name, graph } = root.context;
    const restored = root.restores.flatMap((restore) => restoreSteps(name, graph, root.entries, restore));
    roots.push({ ...plan, steps: withRestores(plan.steps, firstOfEachPath(restored)) });
  }
  return { steps: rankSteps(roots.flatMap(({ steps }) => steps)), roots };
}

/** Images that share a layer in a repository want its link once. */
function firstOfEachPath(steps: readonly RelinkStep[]): RelinkStep[] {
  return [...new Map([...steps].reverse().map((step) => [step.path, step])).values()].reverse();
}
