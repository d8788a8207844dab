// Scans with an index of a root before its damage say what scans say that read all; and a night that reads all finds what
// changed with no time changing. More roots with `npx tsx scripts/exactness.ts --index`; docs/exactness.md describes the method.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DifferingRound, playHealthy, playSeed } from "./exactness/campaign.ts";
import { wideDamageGroups } from "./exactness/damage/damages.ts";
import { compareIndex, indexRoot } from "./exactness/index/compare-index.ts";
import { addRound, differingText, emptyTally } from "./exactness/tally.ts";
import { openWorlds, type Worlds } from "./exactness/world.ts";

let worlds: Worlds;

beforeAll(async () => {
  worlds = await openWorlds();
});

afterAll(() => worlds.removeAll());

describe("regfsck scan with an index and without", () => {
  it("agree on 30 roots, 28 of them damaged", { timeout: 300_000 }, async () => {
    const differing: string[] = [];
    const tally = emptyTally();
    const see = (round: DifferingRound) => {
      addRound(tally, round.result);
      if (round.result.differences.length > 0) differing.push(differingText(round, " --index"));
    };
    const play = { comparisons: [], alone: compareIndex, groups: wideDamageGroups, prepare: indexRoot };
    await playHealthy(worlds, 1, play, see, 2);
    await playSeed(worlds, 1, 28, play, see);
    expect(differing.join("\n")).toBe("");
    const counted = (name: string) => tally.counts.get(name) ?? 0;
    expect(counted("scan: asked")).toBe(30);
    expect(counted("scan: files not read")).toBeGreaterThan(1_000);
    const unseen = counted("changed with no time changing: not seen that night");
    expect(unseen).toBeGreaterThan(5);
    expect(counted("changed with no time changing: found by the full night")).toBe(unseen);
  });
});
