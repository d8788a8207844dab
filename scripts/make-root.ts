// Makes a large storage root, the same for the same seed, in which a registry serves every tag whole:
//   npx tsx scripts/make-root.ts [--seed n] [--size S|M|L|XL] [--blobs n] <empty folder>
//   npx tsx scripts/make-root.ts --shape one-repository [--revisions n] [--tags n] <empty folder>
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Counts, countPlan, type Plan, planOneRepository, planProportional, sizes } from "./make-root/plan.ts";
import { makeRoot } from "./make-root/run.ts";

const usage = `usage: make-root [--seed n] [--size S|M|L|XL] [--blobs n] [--processes n] <empty folder>
       make-root --shape one-repository [--revisions n] [--tags n] [--seed n] [--processes n] <empty folder>`;

function readArguments(args: string[]): { plan: Plan; folder: string; processes: number | undefined } {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seed: { type: "string", default: "1" },
      size: { type: "string", default: "S" },
      blobs: { type: "string" },
      shape: { type: "string", default: "many-repositories" },
      revisions: { type: "string", default: "100000" },
      tags: { type: "string", default: "20000" },
      processes: { type: "string" },
    },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) throw new Error(`give one empty folder\n${usage}`);
  const seed = wholeNumber("--seed", values.seed);
  const processes = values.processes === undefined ? undefined : wholeNumber("--processes", values.processes);
  if (values.shape === "one-repository") {
    const revisions = wholeNumber("--revisions", values.revisions);
    return { plan: planOneRepository(revisions, wholeNumber("--tags", values.tags), seed), folder, processes };
  }
  if (values.shape !== "many-repositories") throw new Error(`--shape: many-repositories or one-repository`);
  const blobs = values.blobs === undefined ? blobsOfSize(values.size) : wholeNumber("--blobs", values.blobs);
  return { plan: planProportional(blobs, seed), folder, processes };
}

function blobsOfSize(name: string): number {
  const blobs = new Map<string, number>(Object.entries(sizes)).get(name);
  if (blobs === undefined) throw new Error(`--size: one of ${Object.keys(sizes).join(", ")}`);
  return blobs;
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 1e9) throw new Error(`${option}: a whole number, not "${text}"`);
  return number;
}

/** One line for a person: what the root holds. */
function describeCounts(counts: Counts): string {
  const parts = Object.entries(counts).map(([what, count]) => `${count.toLocaleString("en")} ${what}`);
  return parts.join(", ").replace("layerLinks", "layer links");
}

async function main(args: string[]): Promise<number> {
  try {
    const { plan, folder, processes } = readArguments(args);
    const made = await makeRoot(folder, plan, processes);
    console.log(`${folder}: ${describeCounts(countPlan(plan))}`);
    console.log(
      `${made.inodes.toLocaleString("en")} inodes in ${made.seconds.toFixed(1)} s, ${made.processes} processes`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`make-root: ${error.message}`);
    if ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")) console.error(usage);
    return 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = await main(process.argv.slice(2));
