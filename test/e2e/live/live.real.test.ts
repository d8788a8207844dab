// A short watch of a registry at work. docs/reliability.md says how to make a long one.
import { expect, it } from "vitest";
import { liveText, watchLive } from "./watch.ts";

it("raises no false alarm beside a registry at work, and misses no damage", async () => {
  const tally = await watchLive({ scans: 12, lanes: 2, seed: 1 });
  expect(tally, liveText(tally)).toMatchObject({ scans: 12, damaged: 9, falseAlarms: [], missed: [], unsettled: [] });
  expect(tally.damages.size).toBeGreaterThan(5);
  for (const [what, count] of Object.entries(tally.traffic)) {
    if (what !== "uploads") expect(count, what).toBeGreaterThan(0);
  }
});
