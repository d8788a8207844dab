// Lets every call that a command makes to the disk fail, in every way: docs/reliability.md says what is then expected.
//   npx tsx scripts/faults.ts               every call; some minutes
//   npx tsx scripts/faults.ts --every 50    one run in fifty
//   npx tsx scripts/faults.ts --only gate   of gates alone
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { campaigns, runCampaign } from "../test/worlds/fault-campaign.ts";

const { values } = parseArgs({
  options: { every: { type: "string", default: "1" }, only: { type: "string", default: "" } },
});
const every = Math.max(1, Number.parseInt(values.every, 10) || 1);
// Only a run to its end may pass.
process.exitCode = 1;
const folder = await mkdtemp(join(tmpdir(), "regfsck-faults-"));
try {
  let [calls, runs, wrong] = [0, 0, 0];
  const chosen = (await campaigns(folder)).filter(({ name }) => name.startsWith(values.only));
  for (const campaign of chosen) {
    const result = await runCampaign(campaign, every);
    console.log(`${campaign.name}: ${result.calls} calls, ${result.runs} runs, ${result.wrong.length} wrong`);
    for (const line of result.wrong) console.log(`  ${line}`);
    calls += result.calls;
    runs += result.runs;
    wrong += result.wrong.length;
  }
  console.log(`in all: ${calls} calls, ${runs} runs with a fault, ${wrong} wrong`);
  if (wrong === 0 && runs > 0) process.exitCode = 0;
} finally {
  await rm(folder, { recursive: true });
}
