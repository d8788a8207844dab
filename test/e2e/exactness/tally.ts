// Adds up rounds and prints them: the table at the end of a run, and a round that differs.

import type { DifferingRound } from "./campaign.ts";
import { damageKinds } from "./damage/damages.ts";
import { differenceSorts } from "./judge/difference.ts";
import type { RoundResult } from "./round.ts";

export interface Tally {
  roots: number;
  worlds: Set<number>;
  tags: number;
  brokenTags: number;
  damagesDrawn: number;
  /** Damages that changed something, by kind. */
  damages: Map<string, number>;
  differences: Map<string, number>;
  counts: Map<string, number>;
  notAskable: Map<string, number>;
}

export function emptyTally(): Tally {
  return {
    roots: 0,
    worlds: new Set(),
    tags: 0,
    brokenTags: 0,
    damagesDrawn: 0,
    damages: new Map(),
    differences: new Map(),
    counts: new Map(),
    notAskable: new Map(),
  };
}

export function addRound(tally: Tally, result: RoundResult): void {
  tally.roots += 1;
  tally.worlds.add(result.plan.world);
  tally.tags += result.tags;
  tally.brokenTags += result.brokenTags.length;
  tally.damagesDrawn += result.applied.length;
  for (const damage of result.applied) if (damage.target !== undefined) raise(tally.damages, damage.kind);
  for (const difference of result.differences) raise(tally.differences, difference.sort);
  for (const [name, count] of Object.entries(result.counts)) raise(tally.counts, name, count);
  for (const claim of result.notAskable) raise(tally.notAskable, claim.split(" ")[0] ?? "");
}

function kindsNeverDone(tally: Tally): string[] {
  return [...damageKinds.keys()].filter((kind) => !tally.damages.has(kind));
}

/** The final table; `everyKind` also lists how often each kind of damage was done. */
export function tallyText(tally: Tally, everyKind: boolean): string {
  const done = [...tally.damages.values()].reduce((sum, count) => sum + count, 0);
  const never = kindsNeverDone(tally);
  return [
    `roots                  ${tally.roots}, from ${tally.worlds.size} worlds`,
    `damages                ${done} done (of ${tally.damagesDrawn} drawn), ${tally.damages.size} of ${damageKinds.size} kinds`,
    `tags walked            ${tally.tags}`,
    `tags that do not pull  ${tally.brokenTags}`,
    "",
    "differences",
    ...rows(new Map(differenceSorts.map((sort) => [sort, tally.differences.get(sort) ?? 0]))),
    "",
    "counted",
    ...rows(tally.counts),
    "",
    "not askable (no request can name the object)",
    ...rows(tally.notAskable),
    "",
    ...(everyKind ? ["damages done, by kind", ...rows(tally.damages), ""] : []),
    ...(everyKind && never.length > 0 ? ["kinds never done", ...never.map((kind) => `  ${kind}`), ""] : []),
  ].join("\n");
}

/** `mode`: the option that makes the script play rounds of this sort. */
export function differingText({ seed, path, result }: DifferingRound, mode = ""): string {
  return [
    `seed ${seed}, path ${path}, world ${result.plan.world}`,
    ...result.applied.map(
      (damage) => `  damage ${damage.kind} (${damage.at}, ${damage.other}): ${damage.target ?? "nothing to do"}`,
    ),
    ...result.differences.map((difference) => `  ${difference.sort}: ${difference.text}`),
    ...(result.root === undefined ? [] : [`  kept in ${result.root}`]),
    `  again: npx tsx scripts/exactness.ts${mode} --seed ${seed} --path ${path}`,
    "",
  ].join("\n");
}

function rows(counts: Map<string, number>): string[] {
  const names = [...counts.keys()].sort();
  const width = Math.max(0, ...names.map((name) => name.length));
  return names.map((name) => `  ${name.padEnd(width)}  ${counts.get(name)}`);
}

function raise(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
