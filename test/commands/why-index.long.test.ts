// Many random worlds, each of whose digests `why` is asked about with an index and without.
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { compareWhy } from "../worlds/compare-why.ts";
import { changes } from "../worlds/later.ts";
import { randomWorlds } from "../worlds/random-world.ts";

const WORLDS = Number(process.env["WORLDS"] ?? 25);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) }));
afterEach(() => void vi.useRealTimers());

it(`why with an index says what it says without, on ${WORLDS} worlds`, { timeout: 600_000 }, async () => {
  let compared = 0;
  const property = fc.asyncProperty(randomWorlds({ damaged: false }), changes, async (world, all) => {
    compared += await compareWhy(world, all);
  });
  await fc.assert(property, { numRuns: WORLDS, seed: 5 });
  expect(compared).toBeGreaterThan(WORLDS * 4);
});
