// One round: a copy of a world, damaged, served by the real registry, and compared.
import { rm } from "node:fs/promises";
import { startRegistry } from "../../../scripts/registry/server.ts";
import { connectTo, type RegistryClient } from "./client/http.ts";
import { brokenTagsOf, type Walk, walkRegistry } from "./client/walk.ts";
import { type AppliedDamage, applyDamages, type Damage, type DamageGroups } from "./damage/damages.ts";
import { makeMutable } from "./damage/immutable.ts";
import { outsideOf } from "./damage/outside.ts";
import type { Difference } from "./judge/difference.ts";
import { DEBIANS, type Tested } from "./tested.ts";
import type { Worlds } from "./world.ts";

export interface RoundPlan {
  /** Seed of the world. */
  world: number;
  damages: Damage[];
}

/** A damaged root with the registry running on it. */
export interface Stage {
  root: string;
  /** Of the registry that serves it. */
  url: string;
  /** Seed of the world that it was before the damage. */
  world: number;
  damaged: boolean;
  tested: Tested;
  client: RegistryClient;
  walk: Walk;
}

/** What one comparison found out about a stage. */
export interface ComparisonResult {
  differences: Difference[];
  /** Things counted for the final table, by name: "confirmed missing-child", for one. */
  counts: Record<string, number>;
  /** Claims of the program that no request can test, in words. */
  notAskable: string[];
}

/** Compares the program's answer for a stage with the registry's. Several can look at the same stage. */
export type Comparison = (stage: Stage) => Promise<ComparisonResult>;

/** What is played with damaged roots. */
export interface Play {
  comparisons: readonly Comparison[];
  /** Looks at the damaged root instead of them, and needs no registry. */
  alone?(root: string, plan: RoundPlan): Promise<ComparisonResult>;
  /** The damage to draw from. */
  groups: DamageGroups;
  /** How many of it a root gets; 1 to 8 where not given. */
  damagesPerRoot?: { min: number; max: number };
  /** How many worlds follow from a seed; fewer than roots where building them is dear. */
  worldsPerSeed?: number;
  /** Debian's registry, if not given. */
  tested?: Tested;
  /** Sees each root before it is damaged. */
  prepare?(root: string): Promise<void>;
  /** Do not delete the damaged roots afterwards, so that a person can look at them. */
  keepRoots?: boolean;
}

export interface RoundResult extends ComparisonResult {
  plan: RoundPlan;
  applied: AppliedDamage[];
  tags: number;
  brokenTags: string[];
  /** The damaged root, where it was kept. */
  root: string | undefined;
}

// With a fifo somewhere the registry does not answer at all, and waiting longer tells nothing more. Without one it always
// answers, however busy the machine is.
const patienceWithFifoMs = 1_500;
const patienceMs = 30_000;

export async function playRound(worlds: Worlds, plan: RoundPlan, play: Play): Promise<RoundResult> {
  const root = await worlds.copyOf(plan.world);
  try {
    await play.prepare?.(root);
    const applied = applyDamages(root, plan.damages);
    const seen = { plan, applied, root: play.keepRoots ? root : undefined };
    if (play.alone) return { ...seen, tags: 0, brokenTags: [], ...(await play.alone(root, plan)) };
    const blocking = applied.some((damage) => damage.target !== undefined && damage.kind.endsWith("as-fifo"));
    const tested = play.tested ?? DEBIANS;
    const registry = await startRegistry({ root, program: tested.program });
    const client = connectTo(registry.url, blocking ? patienceWithFifoMs : patienceMs);
    try {
      const walk = await walkRegistry(client, root);
      const result: RoundResult = {
        ...seen,
        tags: walk.tags.length,
        brokenTags: brokenTagsOf(walk),
        differences: [],
        counts: {},
        notAskable: [],
      };
      const damaged = plan.damages.length > 0;
      for (const compare of play.comparisons)
        add(result, await compare({ root, url: registry.url, world: plan.world, damaged, tested, client, walk }));
      return result;
    } finally {
      client.close();
      await registry.stop();
    }
  } finally {
    if (!play.keepRoots) {
      makeMutable(root);
      await Promise.all(
        [root, outsideOf(root)].map((path) => rm(path, { recursive: true, force: true, maxRetries: 5 })),
      );
    }
  }
}

function add(result: RoundResult, found: ComparisonResult): void {
  result.differences.push(...found.differences);
  result.notAskable.push(...found.notAskable);
  for (const [name, count] of Object.entries(found.counts)) result.counts[name] = (result.counts[name] ?? 0) + count;
}
