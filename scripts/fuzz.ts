// Draws inputs for the readers of links, manifests, reports and settings for as long as it is told, as
// docs/reliability.md describes. Prints what fails, shrunk, with the seed that repeats it. Exits 0 only if nothing did.
//   npx tsx scripts/fuzz.ts --minutes 60
//   npx tsx scripts/fuzz.ts --only manifests --seed 1234
import { parseArgs } from "node:util";
import fc from "fast-check";
import { FUZZED_READERS } from "../test/e2e/fuzz/readers.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    only: { type: "string" },
  },
});

const BATCH = 500;

// Only a run to its end may pass.
process.exitCode = 1;
const readers = FUZZED_READERS.filter(({ name }) => values.only === undefined || name === values.only);
const inputs = new Map(readers.map(({ name }) => [name, 0]));
const endAt = Date.now() + Number(values.minutes) * 60_000;
let seed = Number(values.seed);
let failed = 0;
process.stdout.write(`from seed ${seed}\n`);
while (Date.now() < endAt) {
  for (const { name, property } of readers) {
    const result = await fc.check(property(), { seed, numRuns: name === "gate reports" ? BATCH / 10 : BATCH });
    inputs.set(name, inputs.get(name)! + result.numRuns);
    if (!result.failed) continue;
    failed += 1;
    process.stdout.write(`${name}, seed ${seed}: ${fc.defaultReportMessage(result)}\n`);
  }
  seed += 1;
}
for (const [name, count] of inputs) process.stdout.write(`${name.padEnd(16)} ${count} inputs\n`);
process.stdout.write(`${failed} failed\n`);
if (failed === 0) process.exitCode = 0;
