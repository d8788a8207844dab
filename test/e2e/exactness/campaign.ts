// Plays many rounds, drawn by fast-check: every round of a batch follows from the batch's seed, and a round that differs
// can be replayed and shrunk from the seed and its path.
import fc from "fast-check";
import type { Damage, DamageGroups } from "./damage/damages.ts";
import { type Play, playRound, type RoundPlan, type RoundResult } from "./round.ts";
import type { Worlds } from "./world.ts";

/** Roots that follow from one seed; more roots take more seeds. */
export const rootsPerSeed = 50;
/** Worlds that follow from one seed, so 1,000 roots rest on 80 worlds. */
const worldsPerSeed = 4;

const seedsForEveryKind = 20;

export interface DifferingRound {
  seed: number;
  /** fast-check's: the number of the round, then the steps that shrinking took. */
  path: string;
  result: RoundResult;
}

function roundPlans(seed: number, play: Play): fc.Arbitrary<RoundPlan> {
  const { groups, damagesPerRoot: { min, max } = { min: 1, max: 8 } } = play;
  const worlds = worldsOf(play);
  const kind = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...kindsFor(seed, groups)) },
    ...groups.map(({ share, kinds }) => ({
      weight: share,
      arbitrary: fc.constantFrom(...kinds.flatMap((kind) => (kind.rare ? [kind.name] : [kind.name, kind.name]))),
    })),
  );
  const damage: fc.Arbitrary<Damage> = fc.record({ kind, at: fc.nat(9_999), other: fc.nat(9_999) });
  return fc.noBias(
    fc.record({
      world: fc.nat(worlds - 1).map((number) => seed * worlds + number),
      damages: fc.array(damage, { minLength: min, maxLength: max, size: "max" }),
    }),
  );
}

function worldsOf({ worldsPerSeed: own = worldsPerSeed }: Play): number {
  return own;
}

/** A few kinds, other ones for each seed, that are drawn more often there, so that 1,000 roots see every kind. */
function kindsFor(seed: number, groups: DamageGroups): string[] {
  const kinds = groups.flatMap((group) => group.kinds.map(({ name }) => name));
  return kinds.filter((_, position) => position % seedsForEveryKind === seed % seedsForEveryKind);
}

/**
 * Plays the first `count` rounds of a seed, whatever they turn out to be, and hands each to `seen` with its path. None
 * begins after `end` (milliseconds since 1970).
 */
export async function playSeed(
  worlds: Worlds,
  seed: number,
  count: number,
  play: Play,
  seen: (round: DifferingRound) => void,
  end = Number.POSITIVE_INFINITY,
): Promise<void> {
  let number = 0;
  const property = fc.asyncProperty(roundPlans(seed, play), async (plan) => {
    if (Date.now() > end) return;
    const path = String(number);
    number += 1;
    seen({ seed, path, result: await playRound(worlds, plan, play) });
  });
  // What fails here is the machinery itself: shrinking it would play many rounds for nothing.
  await fc.assert(property, { seed, numRuns: count, endOnFailure: true });
}

/** Plays the first worlds of a seed once each without any damage. */
export async function playHealthy(
  worlds: Worlds,
  seed: number,
  play: Play,
  seen: (round: DifferingRound) => void,
  count = worldsPerSeed,
): Promise<void> {
  for (let number = 0; number < count; number += 1) seen(await healthyRound(worlds, seed, number, play));
}

const healthyPath = /^healthy-(\d+)$/;

async function healthyRound(worlds: Worlds, seed: number, number: number, play: Play): Promise<DifferingRound> {
  const plan = { world: seed * worldsOf(play) + number, damages: [] };
  return { seed, path: `healthy-${number}`, result: await playRound(worlds, plan, play) };
}

export interface Replay {
  /** How long one that differs may be shrunk; 0 to leave it as it is. */
  readonly shrinkForMs?: number;
  /** Told of each round that is played: the first is the one at the path. */
  readonly told?: (round: number, differs: boolean) => void;
}

/**
 * Plays the round at `path` again. One that differs is shrunk to fewer damages and smaller numbers for as long as it goes
 * on differing; undefined when it does not differ.
 */
export async function replay(
  worlds: Worlds,
  seed: number,
  path: string,
  play: Play,
  { shrinkForMs = 120_000, told = () => {} }: Replay = {},
): Promise<DifferingRound | undefined> {
  const healthy = healthyPath.exec(path)?.[1];
  if (healthy !== undefined) {
    const round = await healthyRound(worlds, seed, Number(healthy), play);
    return round.result.differences.length > 0 ? round : undefined;
  }
  let last: RoundResult | undefined;
  let rounds = 0;
  const property = fc.asyncProperty(roundPlans(seed, play), async (plan) => {
    // Where the one at the path does not differ, fast-check goes on with those that follow it.
    if (rounds > 0 && last === undefined) return true;
    const result = await playRound(worlds, plan, play);
    const differs = result.differences.length > 0;
    if (differs) last = result;
    told(++rounds, differs);
    return !differs;
  });
  const details = await fc.check(property, {
    seed,
    path,
    numRuns: rootsPerSeed,
    ...(shrinkForMs > 0 ? { interruptAfterTimeLimit: shrinkForMs } : { endOnFailure: true }),
  });
  if (last === undefined) return undefined;
  return { seed, path: details.counterexamplePath ?? path, result: last };
}
