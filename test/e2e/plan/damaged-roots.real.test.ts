// On damaged roots the script repairs all that brute force finds repairable, breaks nothing and loses nothing. More roots
// with `npx tsx scripts/exactness.ts --plan --count 300`.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRegistry } from "../../../scripts/registry/server.ts";
import { playSeed } from "../exactness/campaign.ts";
import { connectTo } from "../exactness/client/http.ts";
import { walkRegistry } from "../exactness/client/walk.ts";
import { planDamageGroups } from "../exactness/damage/damages.ts";
import { differingText } from "../exactness/tally.ts";
import { DEBIANS } from "../exactness/tested.ts";
import { openWorlds, type Worlds } from "../exactness/world.ts";
import { comparePlan } from "./compare-plan.ts";
import { copyOf, scratch } from "./stage.ts";

let worlds: Worlds;

beforeAll(async () => {
  worlds = await openWorlds();
});

afterAll(() => worlds.removeAll());

describe("the script of a plan", () => {
  it("repairs what can be repaired of 8 damaged roots", { timeout: 600_000 }, async () => {
    const differing: string[] = [];
    let roots = 0;
    await playSeed(worlds, 3, 8, { comparisons: [comparePlan(worlds, ["sh"])], groups: planDamageGroups }, (round) => {
      roots += 1;
      if (round.result.differences.length > 0) differing.push(differingText(round));
    });
    expect(roots).toBe(8);
    expect(differing.join("\n")).toBe("");
  });

  const names = ["digest-mismatch", "malformed-link", "stray-entry", "unlinked-child", "unseen-repository"];
  it.each(names)("does so of the fixture %s", async (name) => {
    const folder = scratch();
    const root = copyOf(name, folder);
    const registry = await startRegistry({ root });
    const client = connectTo(registry.url, 30_000);
    try {
      const walk = await walkRegistry(client, root);
      const donors = { copyOf: async () => copyOf("small", folder, "donor"), removeAll: async () => {} };
      const { differences } = await comparePlan(donors, ["sh"])({
        root,
        url: registry.url,
        world: 0,
        damaged: true,
        tested: DEBIANS,
        client,
        walk,
      });
      expect(differences).toEqual([]);
    } finally {
      client.close();
      await registry.stop();
    }
  });
});
