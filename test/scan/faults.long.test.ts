// A sample of the calls of each command, failing: `npx tsx scripts/faults.ts` lets every call fail in every way.
import { expect, it } from "vitest";
import { campaigns, runCampaign } from "../worlds/fault-campaign.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";

it("no command is wrong, silent or endless where a call to the disk fails", async () => {
  // A prime, so that the sample does not fall into step with what the calls are.
  const running = (await campaigns(temporaryFolder())).map((campaign) => runCampaign(campaign, 499));
  const results = await Promise.all(running);
  expect(results.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(results.reduce((sum, { runs }) => sum + runs, 0)).toBeGreaterThan(150);
});
