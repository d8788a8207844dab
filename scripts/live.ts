// Watches a registry at work, as docs/reliability.md describes: scans it in a loop while clients push, overwrite, delete
// and mount, and counts false alarms and missed damage. Build first. Exits 0 only if there were none.
//   npx tsx scripts/live.ts --scans 240
import { parseArgs } from "node:util";
import { liveText, watchLive } from "../test/e2e/live/watch.ts";

const { values } = parseArgs({
  options: {
    scans: { type: "string", default: "240" },
    lanes: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
  },
});

// Only a run to its end may pass.
process.exitCode = 1;
const [scans, lanes, seed] = [values.scans, values.lanes, values.seed].map((text) => {
  if (!/^[1-9][0-9]*$/.test(text)) throw new Error(`${text} is no number from 1 up`);
  return Number(text);
}) as [number, number, number];

const startedAt = Date.now();
let told = 0;
const tally = await watchLive({
  scans,
  lanes,
  seed,
  seen: ({ scans: done, falseAlarms, missed, unsettled }) => {
    const wrong = [...falseAlarms, ...missed, ...unsettled];
    if (done % 20 > 0 && wrong.length === told) return;
    told = wrong.length;
    process.stderr.write(
      `${done} of ${scans} scans, ${told} wrong or unsettled; the last: ${wrong.at(-1) ?? "none"}\n`,
    );
  },
});
process.stdout.write(`${liveText(tally)}\ntook          ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
if (tally.falseAlarms.length + tally.missed.length === 0) process.exitCode = 0;
