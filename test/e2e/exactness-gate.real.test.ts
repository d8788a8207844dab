// The differential test of gates: after no go does a real collection take or abort anything, on undamaged and damaged roots.
// More roots with `npx tsx scripts/exactness.ts --gate`; docs/exactness.md describes the method.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DifferingRound, playHealthy, playSeed } from "./exactness/campaign.ts";
import { gatePlay } from "./exactness/gate/compare-gate.ts";
import { differingText } from "./exactness/tally.ts";
import { openWorlds, type Worlds } from "./exactness/world.ts";

let worlds: Worlds;

beforeAll(async () => {
  worlds = await openWorlds();
});

afterAll(() => worlds.removeAll());

describe("regfsck gate and the registry's collection", () => {
  it("agree on 4 roots, 3 of them damaged", { timeout: 300_000 }, async () => {
    const differing: string[] = [];
    const said = new Set<string>();
    const see = ({ result, ...round }: DifferingRound) => {
      for (const answer of Object.keys(result.counts)) said.add(answer);
      if (result.differences.length > 0) differing.push(differingText({ ...round, result }, " --gate"));
    };
    await Promise.all([playHealthy(worlds, 2, gatePlay, see, 1), playSeed(worlds, 2, 3, gatePlay, see)]);
    expect(differing.join("\n")).toBe("");
    expect([...said]).toEqual(expect.arrayContaining(["gate: go", "gate: stop (harmful)"]));
  });
});
