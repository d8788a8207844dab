// The differential test of deletes: what skopeo and plain HTTP delete, and garbage collection after it, is what was
// foretold. More roots with `npx tsx scripts/exactness.ts --deletes`; docs/exactness.md describes the method.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DifferingRound, playHealthy, playSeed } from "./exactness/campaign.ts";
import { damageGroups } from "./exactness/damage/damages.ts";
import { type AskForecast, askForecast, compareDeletes } from "./exactness/deletes/compare-deletes.ts";
import { shareDigests } from "./exactness/deletes/draw-deletes.ts";
import { differingText } from "./exactness/tally.ts";
import { openWorlds, type Worlds } from "./exactness/world.ts";

let worlds: Worlds;

beforeAll(async () => {
  worlds = await openWorlds();
});

afterAll(() => worlds.removeAll());

async function differences(ask: AskForecast | undefined, damagedRoots: number) {
  const texts: string[] = [];
  const counts = new Set<string>();
  const see = ({ result, ...round }: DifferingRound) => {
    for (const name of Object.keys(result.counts)) counts.add(name);
    if (result.differences.length > 0) texts.push(differingText({ ...round, result }, " --deletes"));
  };
  const play = { comparisons: [compareDeletes(ask)], groups: damageGroups, prepare: shareDigests };
  await playHealthy(worlds, 1, play, see, 1);
  if (damagedRoots > 0) await playSeed(worlds, 1, damagedRoots, play, see);
  return { text: texts.join("\n"), counts };
}

describe("regfsck forecast --delete and real deletes", () => {
  it("agree on 4 roots, 3 of them damaged", { timeout: 300_000 }, async () => {
    const { text, counts } = await differences(undefined, 3);
    expect(text).toBe("");
    const met = ["broken at once", "tags gone", "delete: deleted", "delete: deleted (skopeo)"];
    expect([...counts]).toEqual(expect.arrayContaining(met));
  });

  it("differ where a forecast leaves out what deletes do", { timeout: 300_000 }, async () => {
    const { text } = await differences(async (root, flags) => {
      const given = flags.filter((flag, at) => flag !== "--delete" && flags[at - 1] !== "--delete");
      return askForecast(root, given);
    }, 0);
    for (const what of ["foreseen nothing", "tags gone, not foreseen", "broken at once, not foreseen", "bytes freed"]) {
      expect(text).toContain(what);
    }
  });
});
