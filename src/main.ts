// The program: arguments -> command -> exit code. But for cli.ts the only file that touches `process`.
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { Chalk } from "chalk";
import { CommanderError } from "commander";
import { runInThread } from "./command-host.ts";
import { type CommandSettings, type FromCommand, terminalThrough } from "./command-thread.ts";
import { EXIT } from "./commands/exit-code.ts";
import { NoRootError, UsageError } from "./contract/errors.ts";
import { MemoryGuard, OutOfMemoryError } from "./output/memory-guard.ts";
import { ProgressLine } from "./output/progress-line.ts";
import type { Terminal } from "./output/terminal.ts";
import { createProgram, type TerminalOptions } from "./program.ts";
import { nodeFs } from "./scan/fs/storage-fs.ts";
import { usageOf } from "./scan/pool/resource-usage.ts";
import { escapeText } from "./text/escape.ts";
import { VERSION } from "./version.ts";

// Until a command has ended and all that it prints is out, this run has failed.
process.exitCode = EXIT.incomplete;

const systemMemory = mostMemory(process.constrainedMemory?.());
const guard = new MemoryGuard({
  resident: () => process.memoryUsage.rss(),
  most: systemMemory,
  node: Number(process.versions.node.split(".")[0]),
});

/** Nothing where the system sets no limit, which some versions of Node.js say with 0, others with more than there can be. */
function mostMemory(constrained: number | undefined): number | undefined {
  return constrained && constrained < 2 ** 50 ? constrained : undefined;
}

/** What a quiet run has to say on standard error: nothing, unless it fails; then not more than a mail should hold. */
const held: string[] = [];
const MAX_HELD = 8;

/** What is to be kept when a signal ends the program. */
const unsaved = new Set<() => Promise<unknown>>();

/** Takes the progress line away, where one is drawn. */
let clearProgress = () => {};

/** Where this is a command's thread: the port to the main thread, and what that one knows of the terminal. */
const thread = isMainThread
  ? undefined
  : { port: parentPort as MessagePort, ...(workerData.command as CommandSettings) };

/** What is said on standard error whatever the options are. */
function fail(line: string): void {
  if (thread) thread.port.postMessage({ kind: "fail", line } satisfies FromCommand);
  else process.stderr.write(`regfsck: ${line}\n`);
}

/** Of a command's thread. */
function threadTerminal({ full }: TerminalOptions, { port, colours, width }: NonNullable<typeof thread>): Terminal {
  const through = terminalThrough(port);
  return {
    ...shared(full),
    ...through,
    progress: (...told) => {
      guard.check();
      through.progress(...told);
    },
    colour: new Chalk({ level: colours }),
    width,
  };
}

/** What a terminal has in whatever thread. */
function shared(full: boolean) {
  return {
    fs: nodeFs,
    checkMemory: () => guard.check(),
    full,
    now: Date.now,
    wait: (milliseconds: number) => sleep(milliseconds),
    resourceUsage: () => usageOf(process.resourceUsage(), cpus()),
    systemMemory,
    user: { uid: process.geteuid?.() ?? -1, gid: process.getegid?.() ?? -1 },
    version: VERSION,
    environment: process.env,
  };
}

function terminal(options: TerminalOptions): Terminal {
  if (thread) return threadTerminal(options, thread);
  const { color, progress, quiet, full } = options;
  const shown = !quiet && (progress === "always" || (progress === "auto" && process.stderr.isTTY));
  const line = new ProgressLine(shown ? process.stderr : undefined);
  clearProgress = () => line.clear();
  return {
    ...shared(full),
    write,
    warn: (text) => {
      line.clear();
      const words = `regfsck: ${escapeText(text)}\n`;
      if (quiet) held.push(words);
      else process.stderr.write(words);
    },
    progress: (phase, done, total, unit) => {
      guard.check();
      line.show(phase, done, total, unit);
    },
    clearProgress,
    beforeInterruption: (save) => {
      unsaved.add(save);
      return () => unsaved.delete(save);
    },
    colour: colours(color),
    width: process.stdout.columns ?? 80,
    readInput,
  };
}

/** Colours as asked for by option, then by environment, then as the terminal can. */
function colours(wanted: boolean) {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (!wanted || (NO_COLOR !== undefined && NO_COLOR !== "")) return new Chalk({ level: 0 });
  return FORCE_COLOR === undefined && !process.stdout.isTTY ? new Chalk({ level: 0 }) : new Chalk();
}

/** Resolves once the text has been handed to the system, so that a closed pipe or a full disk is noticed. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

async function readInput(mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > mostBytes) throw new Error(`standard input is longer than ${mostBytes} bytes`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

// Of no thread but the main one are there any.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    clearProgress();
    process.stderr.write(`regfsck: interrupted (${signal})\n`);
    const saves = [...unsaved];
    unsaved.clear();
    // A second signal does not wait.
    if (saves.length === 0) process.exit(EXIT.interrupted);
    void Promise.allSettled(saves.map((save) => save())).then(() => process.exit(EXIT.interrupted));
  });
}
// A failed write is reported by its callback; without a listener it would end the program with a stack.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

function failureCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  if (error instanceof UsageError || error instanceof NoRootError) {
    fail(escapeText(error.message));
    return EXIT.usage;
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === "write") {
    fail(`the report could not be written: ${code}`);
    return EXIT.incomplete;
  }
  if (code === "EMFILE" || code === "ENFILE" || code === "ENOMEM") {
    fail(`the system has no room for this run: ${escapeText((error as Error).message)}`);
    return EXIT.incomplete;
  }
  if (code === "ERR_WORKER_OUT_OF_MEMORY") {
    fail("memory ended; nothing is certain");
    return EXIT.incomplete;
  }
  if (error instanceof OutOfMemoryError || (error instanceof RangeError && /allocation failed/.test(error.message))) {
    fail(`${error.message}; nothing is certain`);
    return EXIT.incomplete;
  }
  fail(`a bug; please report it with this:\n${(error as Error).stack ?? error}`);
  return EXIT.incomplete;
}

/** Runs the command in a thread of its own, so that this one hears signals; undefined where it has to be run here. */
async function apart(terminal: Terminal): Promise<number | undefined> {
  if (thread) return undefined;
  const { colour, width } = terminal;
  return await runInThread(process.argv.slice(2), { colours: colour.level, width }, { terminal, fail });
}

async function main(): Promise<void> {
  let code: number = EXIT.incomplete;
  try {
    await createProgram({ version: VERSION, terminal, apart, ended: (ended) => (code = ended) }).parseAsync();
  } catch (error) {
    clearProgress();
    code = failureCode(error);
  }
  if (code !== EXIT.clean) {
    const more = held.length - MAX_HELD;
    process.stderr.write(held.slice(0, MAX_HELD).join("") + (more > 0 ? `regfsck: … and ${more} more\n` : ""));
  }
  process.exitCode = code;
  thread?.port.postMessage({ kind: "ended", code } satisfies FromCommand);
}

// Not awaited here: the executable holds this as a script, which cannot wait (scripts/release/executable/scripts.ts).
void main();
