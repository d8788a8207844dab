// The differential test: on damaged roots the program and the real registry agree on every image. More roots with
// `npx tsx scripts/exactness.ts`; docs/exactness.md describes the method.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playSeed } from "./exactness/campaign.ts";
import { compareForecast } from "./exactness/compare-forecast.ts";
import { compareScan } from "./exactness/compare-scan.ts";
import { damageGroups } from "./exactness/damage/damages.ts";
import { differingText } from "./exactness/tally.ts";
import { openWorlds, type Worlds } from "./exactness/world.ts";

let worlds: Worlds;

beforeAll(async () => {
  worlds = await openWorlds();
});

afterAll(() => worlds.removeAll());

describe("regfsck scan and the registry", () => {
  it("agree on 25 damaged roots", { timeout: 600_000 }, async () => {
    const differing: string[] = [];
    let roots = 0;
    await playSeed(worlds, 1, 25, { comparisons: [compareScan, compareForecast], groups: damageGroups }, (round) => {
      roots += 1;
      if (round.result.differences.length > 0) differing.push(differingText(round));
    });
    expect(roots).toBe(25);
    expect(differing.join("\n")).toBe("");
  });
});
