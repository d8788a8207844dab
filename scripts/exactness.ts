// Compares regfsck with a real registry on many damaged roots: docs/exactness.md says how and why. Build first.
//   npx tsx scripts/exactness.ts --seed 1 --count 1000     the long run
//   npx tsx scripts/exactness.ts --seed 7 --path 12        one round again, and shrunk if it differs, for up to two minutes; --no-shrink
//   npx tsx scripts/exactness.ts --plan --count 300        plans and their scripts instead of scans and forecasts
//   npx tsx scripts/exactness.ts --gate --count 100        gates, and the real garbage collections that they permit; --keep keeps the roots of a --path
//   npx tsx scripts/exactness.ts --reclaim --count 500     what reclaim offers, its two scripts, and the real garbage collection after each
//   npx tsx scripts/exactness.ts --gate --count 1000 --minutes 30    as many of them as begin in half an hour
//   npx tsx scripts/exactness.ts --deletes --count 500     deletes by skopeo and over plain HTTP, and garbage collections after them
//   npx tsx scripts/exactness.ts --probe --count 300       probes of the registry against scans of its root
//   npx tsx scripts/exactness.ts --index --count 1000      scans and forecasts with an index of the root before its damage, and without
//   npx tsx scripts/exactness.ts --plan --shell 'bash --posix'
//   npx tsx scripts/exactness.ts --registry 3 --program /usr/local/bin/registry    answers for registry 3, held against that program
import { parseArgs } from "node:util";
import { type DifferingRound, playHealthy, playSeed, replay, rootsPerSeed } from "../test/e2e/exactness/campaign.ts";
import { compareForecast } from "../test/e2e/exactness/compare-forecast.ts";
import { compareScan } from "../test/e2e/exactness/compare-scan.ts";
import { damageGroups, planDamageGroups, wideDamageGroups } from "../test/e2e/exactness/damage/damages.ts";
import { compareDeletes } from "../test/e2e/exactness/deletes/compare-deletes.ts";
import { shareDigests } from "../test/e2e/exactness/deletes/draw-deletes.ts";
import { gatePlay, makeOld } from "../test/e2e/exactness/gate/compare-gate.ts";
import { compareIndex, indexRoot } from "../test/e2e/exactness/index/compare-index.ts";
import { compareProbe } from "../test/e2e/exactness/probe/compare-probe.ts";
import type { Play } from "../test/e2e/exactness/round.ts";
import { addRound, differingText, emptyTally, tallyText } from "../test/e2e/exactness/tally.ts";
import type { Tested } from "../test/e2e/exactness/tested.ts";
import { openWorlds, type Worlds } from "../test/e2e/exactness/world.ts";
import { comparePlan } from "../test/e2e/plan/compare-plan.ts";
import { compareReclaim } from "../test/e2e/reclaim/compare-reclaim.ts";
import { planReclaimWorld } from "../test/e2e/reclaim/world-plan.ts";

const lanes = 2;
const shrinkAtMost = 3;
const shrinkForMs = 120_000;
// So many roots draw every kind of damage; below that the list of kinds says little.
const enoughForEveryKind = 1_000;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "100" },
    path: { type: "string" },
    kinds: { type: "boolean", default: false },
    shrink: { type: "boolean", default: true },
    plan: { type: "boolean", default: false },
    gate: { type: "boolean", default: false },
    reclaim: { type: "boolean", default: false },
    deletes: { type: "boolean", default: false },
    probe: { type: "boolean", default: false },
    index: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    minutes: { type: "string" },
    shell: { type: "string", default: "sh" },
    registry: { type: "string", default: "2" },
    program: { type: "string" },
  },
  allowNegative: true,
});

const [seed, count] = [wholeNumber("seed", values.seed), wholeNumber("count", values.count)];
const tested = registryToTest();
// Only a run to its end may pass.
process.exitCode = 1;
const chosen = (["reclaim", "gate", "plan", "deletes", "probe", "index"] as const).find((name) => values[name]);
const other = values.program === undefined ? "" : ` --registry ${values.registry} --program ${values.program}`;
const mode = chosen === undefined ? other : ` --${chosen}`;
const worlds = await openWorlds(chosen === "reclaim" ? planReclaimWorld : undefined);
const plays: Record<NonNullable<typeof chosen> | "plain", Play> = {
  plain: { comparisons: [compareScan, compareForecast], groups: damageGroups, tested },
  reclaim: {
    comparisons: [compareReclaim(values.shell.split(" "))],
    groups: wideDamageGroups,
    damagesPerRoot: { min: 0, max: 3 },
    worldsPerSeed: rootsPerSeed,
    prepare: makeOld,
  },
  gate: gatePlay,
  plan: { comparisons: [comparePlan(worlds, values.shell.split(" "))], groups: planDamageGroups },
  probe: { comparisons: [compareProbe], groups: damageGroups, tested },
  index: { comparisons: [], alone: compareIndex, groups: wideDamageGroups, prepare: indexRoot },
  deletes: { comparisons: [compareDeletes()], groups: damageGroups, prepare: shareDigests },
};
const play: Play = { ...plays[chosen ?? "plain"], keepRoots: values.keep };
try {
  const agreed = values.path === undefined ? await playAll(worlds) : await playAgain(worlds, values.path);
  if (agreed) process.exitCode = 0;
} finally {
  if (!values.keep) await worlds.removeAll();
}

async function playAll(worlds: Worlds): Promise<boolean> {
  const tally = emptyTally();
  const differing: DifferingRound[] = [];
  const seeds = Array.from({ length: Math.ceil(count / rootsPerSeed) }, (_, batch) => seed + batch);
  const see = (round: DifferingRound) => {
    addRound(tally, round.result);
    if (round.result.differences.length === 0) return;
    differing.push(round);
    process.stderr.write(differingText(round, mode));
  };
  const end = values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.minutes) * 60_000;
  const playSeeds = async () => {
    for (let next = seeds.shift(); next !== undefined && Date.now() < end; next = seeds.shift()) {
      const roots = Math.min(rootsPerSeed, count - (next - seed) * rootsPerSeed);
      if (values.gate || values.deletes || values.index) await playHealthy(worlds, next, play, see);
      await playSeed(worlds, next, roots, play, see, end);
      process.stderr.write(`seed ${next} done: ${tally.roots} of ${count} roots, ${differing.length} differ\n`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, playSeeds));
  process.stdout.write(`${tallyText(tally, values.kinds || count >= enoughForEveryKind)}\n`);
  for (const round of values.shrink ? differing.slice(0, shrinkAtMost) : []) {
    const smaller = await replay(worlds, round.seed, round.path, play);
    process.stdout.write(
      smaller === undefined ? `no longer differs: ${round.path}\n` : `shrunk: ${differingText(smaller, mode)}`,
    );
  }
  return differing.length === 0;
}

async function playAgain(worlds: Worlds, path: string): Promise<boolean> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(`making the root of seed ${seed}, path ${path}, and playing it`);
  const told = (played: number, differs: boolean) => {
    if (played > 1) say(`smaller root ${played - 1}: ${differs ? "differs" : "does not differ"}`);
    else if (differs && values.shrink)
      say(`differs; shrinking it for at most ${shrinkForMs / 1000} s (--no-shrink does without)`);
  };
  const round = await replay(worlds, seed, path, play, { shrinkForMs: values.shrink ? shrinkForMs : 0, told });
  process.stdout.write(round === undefined ? "no differences\n" : differingText(round, mode));
  return round === undefined;
}

/** Roots are pushed by Debian's registry in any case: nothing on the disk tells which release wrote them. */
function registryToTest(): Tested {
  const { registry, program, plan, gate, reclaim, deletes, index } = values;
  if (registry !== "2" && registry !== "3") throw new Error(`--registry ${registry} is neither 2 nor 3`);
  if (registry === "3" && program === undefined)
    throw new Error("--registry 3 needs --program: Debian's registry is 2.8");
  if (program !== undefined && (plan || gate || reclaim || deletes || index))
    throw new Error("--program is for scans and forecasts");
  return { registry, program };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value)) throw new Error(`--${name} ${text} is no whole number`);
  return value;
}
