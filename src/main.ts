// The program: arguments -> command -> exit code. But for cli.ts the only file that touches `process`.
import { Chalk } from "chalk";
import { CommanderError } from "commander";
import { EXIT } from "./commands/exit-code.ts";
import { NoRootError, UsageError } from "./contract/errors.ts";
import { ProgressLine } from "./output/progress-line.ts";
import type { Terminal } from "./output/terminal.ts";
import { createProgram, type TerminalOptions } from "./program.ts";
import { nodeFs } from "./scan/fs/storage-fs.ts";
import { escapeText } from "./text/escape.ts";
import { VERSION } from "./version.ts";

// Until a command has ended and all that it prints is out, this run has failed.
process.exitCode = EXIT.incomplete;

/** What a quiet run has to say on standard error: nothing, unless it fails; then not more than a mail should hold. */
const held: string[] = [];
const MAX_HELD = 8;

/** Takes the progress line away, where one is drawn. */
let clearProgress = () => {};

function terminal({ color, progress, quiet, full }: TerminalOptions): Terminal {
  const shown = !quiet && (progress === "always" || (progress === "auto" && process.stderr.isTTY));
  const line = new ProgressLine(shown ? process.stderr : undefined);
  clearProgress = () => line.clear();
  return {
    fs: nodeFs,
    write,
    warn: (text) => {
      line.clear();
      const words = `regfsck: ${escapeText(text)}\n`;
      if (quiet) held.push(words);
      else process.stderr.write(words);
    },
    progress: (phase, done, total) => line.show(phase, done, total),
    clearProgress,
    colour: colours(color),
    width: process.stdout.columns ?? 80,
    full,
    now: Date.now,
    resourceUsage: () => process.resourceUsage(),
    user: { uid: process.geteuid?.() ?? -1, gid: process.getegid?.() ?? -1 },
    version: VERSION,
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

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    clearProgress();
    process.stderr.write(`regfsck: interrupted (${signal})\n`);
    process.exit(EXIT.interrupted);
  });
}
// A failed write is reported by its callback; without a listener it would end the program with a stack.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

function failureCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  if (error instanceof UsageError || error instanceof NoRootError) {
    process.stderr.write(`regfsck: ${escapeText(error.message)}\n`);
    return EXIT.usage;
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === "write") {
    process.stderr.write(`regfsck: the report could not be written: ${code}\n`);
    return EXIT.incomplete;
  }
  if (code === "EMFILE" || code === "ENFILE" || code === "ENOMEM") {
    process.stderr.write(`regfsck: the system has no room for this run: ${escapeText((error as Error).message)}\n`);
    return EXIT.incomplete;
  }
  process.stderr.write(`regfsck: a bug; please report it with this:\n${(error as Error).stack ?? error}\n`);
  return EXIT.incomplete;
}

let code: number = EXIT.incomplete;
try {
  await createProgram({ version: VERSION, terminal, ended: (ended) => (code = ended) }).parseAsync();
} catch (error) {
  clearProgress();
  code = failureCode(error);
}
if (code !== EXIT.clean) {
  const more = held.length - MAX_HELD;
  process.stderr.write(held.slice(0, MAX_HELD).join("") + (more > 0 ? `regfsck: … and ${more} more\n` : ""));
}
process.exitCode = code;
