// The differential test of probes: on damaged roots a probe, a scan and a client that pulls say the same of every tag. More
// roots with `npx tsx scripts/exactness.ts --probe`; docs/exactness.md describes the method.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DifferingRound, playSeed } from "./exactness/campaign.ts";
import { damageGroups } from "./exactness/damage/damages.ts";
import { compareProbe } from "./exactness/probe/compare-probe.ts";
import { differingText } from "./exactness/tally.ts";
import { openWorlds, type Worlds } from "./exactness/world.ts";

let worlds: Worlds;

beforeAll(async () => {
  worlds = await openWorlds();
});

afterAll(() => worlds.removeAll());

describe("regfsck probe and regfsck scan", () => {
  it("agree on 25 damaged roots", { timeout: 600_000 }, async () => {
    const differing: string[] = [];
    const counted = new Map<string, number>();
    const see = ({ result, ...round }: DifferingRound) => {
      for (const [name, count] of Object.entries(result.counts)) counted.set(name, (counted.get(name) ?? 0) + count);
      if (result.differences.length > 0) differing.push(differingText({ ...round, result }, " --probe"));
    };
    const play = { comparisons: [compareProbe], groups: damageGroups };
    await Promise.all([1, 2, 3].map((seed) => playSeed(worlds, seed, seed === 1 ? 9 : 8, play, see)));
    expect(differing.join("\n")).toBe("");
    expect(counted.get("probe: broken")).toBeGreaterThan(20);
    expect(counted.get("probe: pullable")).toBeGreaterThan(60);
  });
});
