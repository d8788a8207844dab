// Runs the built program on a hostile root in every way, and says what broke out of its output, and what it took.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAM } from "../../worlds/program.ts";
import { PROOF } from "./strings.ts";

export interface HostileRun {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Peak resident memory in MiB, and seconds. */
  readonly peak: number;
  readonly seconds: number;
}

/** The memory and time that a run on a hostile root may take; --max-old-space-size stays at what Node gives. */
const MOST_SECONDS = 300;

/** Runs the program with colours, as at a terminal, and measures it. */
export function runHostile(folder: string, args: readonly string[], options: { colour?: boolean } = {}): HostileRun {
  const preload = join(folder, "measure.cjs");
  const figures = join(folder, "figures");
  writeFileSync(
    preload,
    `process.on("exit", () => require("node:fs").writeFileSync(process.env.FIGURES, String(process.resourceUsage().maxRSS)));`,
  );
  writeFileSync(figures, "NaN");
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, ["--require", preload, PROGRAM, ...args], {
    maxBuffer: 1 << 30,
    timeout: MOST_SECONDS * 1_000,
    cwd: folder,
    env: {
      ...process.env,
      FIGURES: figures,
      ...(options.colour ? { FORCE_COLOR: "1", NO_COLOR: undefined } : { NO_COLOR: "1", FORCE_COLOR: undefined }),
    },
  });
  if (error) throw error;
  const seconds = (performance.now() - startedAt) / 1_000;
  const peak = Number(readFileSync(figures, "utf8")) / 1_024;
  return { args, code: status, stdout: stdout.toString(), stderr: stderr.toString(), peak, seconds };
}

export interface HostileCommand {
  readonly args: readonly string[];
  /** How its output is judged; `words` are what a completion offers to a shell. */
  readonly format: "text" | "json" | "jsonl" | "words";
  /** The file of metrics that it writes. */
  readonly metrics?: string;
}

/** Every command in these formats, the graphs, the metrics and the completions. */
function* hostileCommands(
  root: string,
  folder: string,
  { images, digests }: { images: readonly string[]; digests: readonly string[] },
  formats: readonly ("text" | "json" | "jsonl")[],
): Generator<HostileCommand> {
  for (const format of formats) {
    const commands = [
      ["scan"],
      ["scan", "--verify-content", "--jobs", "2"],
      ["forecast", "-m", "--keep-tags", "1"],
      ["gate", "-m"],
      ["usage", "--by", "tag"],
      ["plan"],
    ];
    for (const args of commands) yield { args: [...args, "--format", format, root], format };
    yield { args: ["verify", "--format", format, root, ...images], format };
    yield { args: ["why", "--format", format, root, ...digests], format };
  }
  for (const format of ["dot", "mermaid"]) {
    yield { args: ["verify", "--format", format, root, ...images.slice(0, 1)], format: "text" };
  }
  for (const command of ["scan", "gate"]) {
    const metrics = join(folder, `${command}.prom`);
    yield { args: [command, "--format", "jsonl", "--metrics", metrics, root], format: "jsonl", metrics };
  }
  for (const what of ["images", "repositories"]) yield { args: ["__complete", what, "", root], format: "words" };
}

/**
 * What the commands, in these formats, let break out of a root, as lines; and what they took at most. `takes` chooses
 * among them by their number.
 */
export function judgeRoot(
  root: string,
  folder: string,
  about: { images: readonly string[]; digests: readonly string[] },
  formats: readonly ("text" | "json" | "jsonl")[],
  { seen, takes }: { seen?: (run: HostileRun) => void; takes?: (number: number) => boolean } = {},
): { found: string[]; peak: number; seconds: number; runs: number } {
  const found: string[] = [];
  const most = { peak: 0, seconds: 0, runs: 0 };
  const commands = [...hostileCommands(root, folder, about, formats)];
  for (const { args, format, metrics } of commands.filter((_, number) => takes?.(number) ?? true)) {
    const run = runHostile(folder, args, { colour: format === "text" });
    seen?.(run);
    found.push(...failures(run, format));
    most.peak = Math.max(most.peak, run.peak);
    most.seconds = Math.max(most.seconds, run.seconds);
    most.runs += 1;
    const bad = metrics === undefined ? undefined : existsSync(metrics) ? metricsFailure(metrics) : "none written";
    if (bad !== undefined) found.push(`${args[0]} --metrics: ${bad}`);
  }
  if (existsSync(join(folder, PROOF))) found.push("something was executed");
  return { found, ...most };
}

/** What would be obeyed: control and format characters but the line's end, and the program's own colours where it has any. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours.
const COLOURS = /\u001b\[\d+(?:;\d+)*m/g;

/** What is wrong with what a run printed, as lines; nothing where all is well. */
function* failures(run: HostileRun, format: string): Generator<string> {
  const name = run.args.slice(0, 3).join(" ");
  if (run.code === null || ![0, 4, 8, 12, 16].includes(run.code))
    yield `${name}: exit code ${run.code}: ${run.stderr.slice(0, 300)}`;
  if (/^\s+at .*:\d+:\d+\)?$/m.test(run.stderr))
    yield `${name}: a stack on standard error: ${run.stderr.slice(0, 500)}`;
  for (const [where, text] of [
    ["standard output", run.stdout],
    ["standard error", run.stderr],
  ] as const) {
    const seen = text.replaceAll("\n", "").replaceAll(COLOURS, "").match(OBEYED);
    if (seen) yield `${name}: ${JSON.stringify([...new Set(seen)].slice(0, 5))} on ${where}`;
  }
  if (run.code === 16) return;
  if (run.stdout === "" && format !== "words")
    yield `${name}: exit code ${run.code} and no report: ${run.stderr.slice(0, 300)}`;
  if (format === "json" && !parses(run.stdout)) yield `${name}: no JSON`;
  if (format === "jsonl" && !run.stdout.trimEnd().split("\n").every(parses)) yield `${name}: a line that is no JSON`;
  if (format === "words" && /[^A-Za-z0-9_.:/@\n-]/.test(run.stdout))
    yield `${name}: a word that a shell does not take for one`;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What `promtool check metrics` has against a file; undefined where nothing. */
function metricsFailure(file: string): string | undefined {
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: readFileSync(file) });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}

/** A folder of its own, on disk and not in memory, since sizes are what it is about. */
export async function withFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
