// Runs commands in turn, A B C A B C ..., and keeps what each run took: a machine that slows down or warms up in the
// meantime then favours none of them.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

export interface Command {
  /** What `--only` knows it by. */
  name: string;
  /** How the table calls it: the command line with `<root>` in it. */
  label: string;
  argv: string[];
  /** Exit codes of a run that did its work; any other makes the whole row a failure, since a crash is always fast. */
  goodExits: number[];
  /** At most so many runs, and no warm-up of its own; for what takes minutes. */
  mostRuns?: number;
}

export interface Run {
  /** Seconds. */
  wall: number;
  /** Seconds of user and system time, of the command and what it started; null without GNU time. */
  cpu: number | null;
  /** Bytes. */
  peakMemory: number | null;
  /** Bytes that came from the disk: shows whether a warm run was warm. */
  diskRead: number | null;
}

export interface Measured {
  command: Command;
  runs: Run[];
  /** Why there is no result, or null. */
  failure: string | null;
  /** First line that the command wrote in its last run. */
  firstLine: string;
}

export interface MeasureOptions {
  rounds: number;
  /** Called before each run, to drop caches; there is no warm-up then. */
  beforeRun?: (() => Promise<void>) | undefined;
  /** For the files that a run leaves; not in the root. */
  scratch: string;
  /** Seconds after which a run is ended and its command given up: dry runs with -m can take hours. */
  patience: number;
  signal: AbortSignal;
  progress: (line: string) => void;
}

const gnuTime = "/usr/bin/time";
export const hasGnuTime = existsSync(gnuTime);

export async function measureInTurn(commands: Command[], options: MeasureOptions): Promise<Measured[]> {
  const measured = commands.map((command): Measured => ({ command, runs: [], failure: null, firstLine: "" }));
  const warmUps = options.beforeRun === undefined ? 1 : 0;
  for (let round = 1 - warmUps; round <= options.rounds; round += 1) {
    for (const one of measured) {
      const { mostRuns } = one.command;
      if (one.failure !== null || (mostRuns !== undefined && (round === 0 || round > mostRuns))) continue;
      await options.beforeRun?.();
      const { run, exit, firstLine, firstError } = await runOnce(one.command, options);
      one.firstLine = firstLine;
      if (exit === null) one.failure = `ended after ${options.patience} s`;
      else if (!one.command.goodExits.includes(exit)) one.failure = `exit ${exit}: ${firstError || firstLine}`;
      else if (round > 0) one.runs.push(run);
      const when = round === 0 ? "warm-up" : `round ${round}/${options.rounds}`;
      options.progress(`${when}  ${one.command.name}  ${one.failure ?? `${run.wall.toFixed(2)} s`}`);
    }
  }
  return measured;
}

interface Outcome {
  run: Run;
  /** Null: given up. */
  exit: number | null;
  firstLine: string;
  firstError: string;
}

async function runOnce(command: Command, options: MeasureOptions): Promise<Outcome> {
  const files = { out: join(options.scratch, "out"), err: join(options.scratch, "err") };
  const figures = join(options.scratch, "figures");
  const prefix = hasGnuTime ? [gnuTime, "-q", "-o", figures, "-f", "%U %S %M %I", "--"] : [];
  const [program, ...args] = [...prefix, ...command.argv];
  const out = openSync(files.out, "w");
  const err = openSync(files.err, "w");
  try {
    const begin = performance.now();
    const exit = await spawnAndWait(program!, args, [out, err], options);
    const wall = (performance.now() - begin) / 1000;
    return {
      run: { wall, ...readFigures(figures) },
      exit,
      firstLine: firstLineOf(files.out),
      firstError: firstLineOf(files.err),
    };
  } finally {
    closeSync(out);
    closeSync(err);
  }
}

// In a process group of its own, so that an interrupt ends the command as well as the `time` around it. Resolves to the
// exit code, or null when the run took too long.
function spawnAndWait(program: string, args: string[], outputs: [number, number], options: MeasureOptions) {
  const { signal, patience } = options;
  return new Promise<number | null>((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(program, args, { stdio: ["ignore", ...outputs], detached: true });
    let gaveUp = false;
    const end = () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(() => {
      gaveUp = true;
      end();
    }, patience * 1000);
    signal.addEventListener("abort", end);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(new Error("interrupted"));
      else resolve(gaveUp ? null : (code ?? -1));
    });
  });
}

function readFigures(file: string): Omit<Run, "wall"> {
  if (!hasGnuTime) return { cpu: null, peakMemory: null, diskRead: null };
  // A run that was given up left no figures.
  const numbers = existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").map(Number) : [];
  const [user = 0, system = 0, kibibytes = 0, sectors = 0] = numbers;
  return { cpu: user + system, peakMemory: kibibytes * 1024, diskRead: sectors * 512 };
}

function firstLineOf(file: string): string {
  return readFileSync(file, "utf8").split("\n", 1)[0] ?? "";
}
