// Measures regfsck against the limit of the machine, find, and the registry's own dry run, all in one run.
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Candidate, customCommand, standardCommands } from "./bench/commands.ts";
import { countEntries } from "./bench/entries.ts";
import { describeMachine, emptyCaches, requireDropCaches } from "./bench/machine.ts";
import { hasGnuTime, type MeasureOptions, measureInTurn } from "./bench/measure.ts";
import { growthTable, type RootResult, rootTable, startupTable } from "./bench/table.ts";
import { countPlan, planOneRepository, planProportional, type SizeName, sizes } from "./make-root/plan.ts";
import { makeRoot } from "./make-root/run.ts";

const usage = `usage: npm run bench -- [options]
  --sizes S,M,L                the roots to make and measure (default: M; also XL)
  --roots <folder>             keep them there, for the next run too (default: a temporary folder)
  --root <path>                measure this root instead (repeatable)
  --rounds <n>                 how often each command runs, in turn with the others (default: 5)
  --cold                       drop the system's caches before each run (needs root)
  --only <name,...>            only these commands: scan, forecast, night-1, night-2, limit, limit-stat, find, gc, gc-m
  --command <name>='<line>'    measure this one too; {root} in it is the root's path (repeatable)
  --patience <seconds>         give a command up after so long (default: 600)
  --markdown <file>            write the tables there as well`;

const program = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const given = readOptions(process.argv.slice(2));

function readOptions(args: string[]) {
  const options = {
    help: { type: "boolean", default: false },
    sizes: { type: "string", default: "M" },
    roots: { type: "string" },
    root: { type: "string", multiple: true, default: [] as string[] },
    rounds: { type: "string", default: "5" },
    cold: { type: "boolean", default: false },
    only: { type: "string" },
    command: { type: "string", multiple: true, default: [] as string[] },
    patience: { type: "string", default: "600" },
    markdown: { type: "string" },
  } as const;
  try {
    const { values } = parseArgs({ args, options });
    if (!values.help) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n${usage}`);
    process.exit(1);
  }
}

async function main(): Promise<void> {
  if (given.cold) requireDropCaches();
  const rounds = wholeNumber("--rounds", given.rounds);
  const patience = wholeNumber("--patience", given.patience);
  const scratch = mkdtempSync(join(tmpdir(), "regfsck-bench-"));
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interrupted.abort());
  const beforeRun = given.cold ? emptyCaches : undefined;
  const options: MeasureOptions = {
    rounds,
    beforeRun,
    scratch,
    patience,
    signal: interrupted.signal,
    progress: say,
  };
  try {
    const report = await measureAll(options);
    process.stdout.write(report);
    if (given.markdown !== undefined) writeFileSync(given.markdown, report);
  } finally {
    // It takes as long as making them.
    if (given.root.length === 0 && given.roots === undefined) say("removes the roots that it made");
    await rm(scratch, { recursive: true });
  }
}

async function measureAll(options: MeasureOptions): Promise<string> {
  const { candidates, leftOut } = chooseCommands(options.scratch);
  const notes = leftOut.map((line) => `Left out: ${line}.`);
  if (!hasGnuTime) notes.push("CPU, memory and disk are missing: GNU time is not installed (apt-get install time).");
  const results: RootResult[] = [];
  let machine: string | undefined;
  for await (const { name, path } of rootsToMeasure(options.scratch)) {
    machine ??= describeMachine(path);
    const entries = countEntries(path);
    say(`${name}: ${JSON.stringify(entries)}`);
    const commands = candidates.map((candidate) => candidate.make(path));
    const measured = await measureInTurn(commands, options);
    results.push({ name, entries, measured });
    const limit = measured.find(({ command }) => command.name === "limit");
    if (limit?.firstLine) notes.push(`The limit counted on ${name}: \`${limit.firstLine}\``);
  }
  const parts = results.map(rootTable);
  if (results.length > 1) parts.push(growthTable(results));
  if (given.only === undefined && existsSync(program)) parts.push(await measureStartup(options));
  const how = `${given.cold ? "Cold (caches dropped before each run)" : "Warm (one warm-up)"}, medians of ${options.rounds} rounds in turn`;
  const head = [
    machine,
    `${how}. An entry is a blob, a layer link, a revision or a tag.`,
    `Command: \`${commandLine()}\``,
  ];
  return `${[...head, ...parts, ...notes].join("\n\n")}\n`;
}

function chooseCommands(scratch: string): { candidates: Candidate[]; leftOut: string[] } {
  const standard = standardCommands(program, scratch);
  const byName = new Map(standard.candidates.map((candidate) => [candidate.name, candidate]));
  for (const candidate of given.command.map(customCommand)) byName.set(candidate.name, candidate);
  if (given.only === undefined) return { candidates: [...byName.values()], leftOut: standard.leftOut };
  const candidates = given.only.split(",").map((name) => {
    const candidate = byName.get(name);
    if (candidate === undefined) throw new Error(`--only: "${name}" is none of ${[...byName.keys()].join(", ")}`);
    return candidate;
  });
  return { candidates, leftOut: [] };
}

/** Roots given by path, or made one after the other; those in the scratch folder go with it. */
async function* rootsToMeasure(scratch: string): AsyncGenerator<{ name: string; path: string }> {
  for (const path of given.root) yield { name: basename(path), path: resolve(path) };
  if (given.root.length > 0) return;
  for (const name of given.sizes.split(",")) {
    if (!isSize(name)) throw new Error(`--sizes: of ${Object.keys(sizes).join(", ")}, not "${name}"`);
    const path = join(resolve(given.roots ?? scratch), name);
    const plan = planProportional(sizes[name], 1);
    if (existsSync(path) && readdirSync(path).length > 0) {
      const { blobs, tags } = countEntries(path);
      const planned = countPlan(plan);
      if (blobs !== planned.blobs || tags !== planned.tags)
        throw new Error(`${path} is not a whole root of size ${name}`);
    } else {
      const { inodes, seconds } = await makeRoot(path, plan);
      say(`made ${name}: ${inodes} inodes in ${seconds.toFixed(1)} s`);
    }
    yield { name, path };
  }
}

async function measureStartup(options: MeasureOptions): Promise<string> {
  const path = join(options.scratch, "ten-images");
  await makeRoot(path, planOneRepository(28, 11, 1));
  const node = process.execPath;
  const measured = await measureInTurn(
    [
      { name: "node", label: "node -e 0", argv: [node, "-e", "0"], goodExits: [0] },
      { name: "version", label: "regfsck --version", argv: [node, program, "--version"], goodExits: [0] },
      {
        name: "ten-images",
        label: "regfsck scan <ten images>",
        argv: [node, program, "scan", path],
        goodExits: [0, 4],
      },
    ],
    { ...options, rounds: Math.max(options.rounds, 11) },
  );
  return startupTable(measured);
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option}: a whole number from 1, not "${text}"`);
  return Number(text);
}

function isSize(name: string): name is SizeName {
  return Object.hasOwn(sizes, name);
}

// Without the folders of this machine: the report is for others.
function commandLine(): string {
  const shown = process.argv.slice(2).map((word) => (word.startsWith("/") ? `<${basename(word)}>` : word));
  return ["npm run bench --", ...shown.map((word) => (/[ {]/.test(word) ? `'${word}'` : word))].join(" ");
}

// Progress goes to standard error, so that the report alone can be redirected.
function say(line: string): void {
  console.error(line);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
