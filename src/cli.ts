#!/usr/bin/env node
// The program: arguments -> command -> exit code. The only file that touches `process`.
import { readFileSync } from "node:fs";
import { Chalk } from "chalk";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT } from "./commands/exit-code.ts";
import type { Terminal } from "./commands/terminal.ts";
import { parseDuration } from "./config/duration.ts";
import { FAIL_ON, FORMATS } from "./config/scan-options.ts";
import { UsageError } from "./config/usage-error.ts";
import { ProgressLine } from "./progress-line.ts";
import { nodeFs } from "./scan/storage-fs.ts";

// Until a command has ended and all that it prints is out, this run has failed.
process.exitCode = EXIT.incomplete;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("A duration is a number with s, m, h, d or w: 7d.");
  return milliseconds;
}

const program = new Command("regfsck")
  .description("fsck for container registries: checks the storage of registry:2.8.3 and never writes there")
  .version(version)
  .showHelpAfterError("(regfsck --help lists the options)")
  .exitOverride();

program
  .command("scan", { isDefault: true })
  .description("check storage roots; report what is damaged and which images it breaks")
  .argument("<path...>", "storage roots, or folders with storage roots up to three levels down")
  .addOption(new Option("--format <format>", "how to print the report").choices(FORMATS).default("text"))
  .addOption(
    new Option("--fail-on <severity>", "exit 4 when there are findings this severe").choices(FAIL_ON).default("error"),
  )
  .option("--repo <glob>", "only repositories whose name matches (repeatable)", collect, [])
  .option("--cache <name>", "take this root for a pull-through cache (repeatable)", collect, [])
  .option("--authoritative <name>", "take this root for an authoritative one (repeatable)", collect, [])
  .option("--allow-empty", "accept a root that holds nothing at all", false)
  .option("--verify-content", "hash every blob, not manifests alone (reads the whole store)", false)
  .option(
    "--stale-upload-age <duration>",
    "how old an unfinished upload must be to be reported",
    duration,
    7 * 86_400_000,
  )
  .option("--report <file>", "also write the report there: JSON, or JSON lines for *.jsonl")
  .option("--dry-run", "write nothing anywhere; say what would have been written", false)
  .option("--quiet", "print nothing when the exit code is 0", false)
  .addOption(
    new Option("--progress <when>", "the progress line on standard error")
      .choices(["auto", "always", "never"])
      .default("auto"),
  )
  .option("--no-color", "no colours (as NO_COLOR does; FORCE_COLOR asks for them)")
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing at or above --fail-on, 4 findings, 8 incomplete, 12 both, 16 wrong usage, 32 interrupted.",
  )
  .action(async (paths: string[], options) => {
    const { scan } = await import("./commands/scan.ts");
    const { repo, cache, authoritative, report, ...rest } = options;
    const scanOptions = { ...rest, paths, repositories: repo, caches: cache, authoritative, report };
    const code = await scan(scanOptions, terminal(options));
    process.exitCode = code;
  });

function terminal({ color, progress, quiet }: { color: boolean; progress: string; quiet: boolean }): Terminal {
  const shown = progress === "always" || (progress === "auto" && process.stderr.isTTY && !quiet);
  const line = new ProgressLine(shown ? process.stderr : undefined);
  return {
    fs: nodeFs,
    write,
    warn: (text) => {
      line.clear();
      process.stderr.write(`regfsck: ${text}\n`);
    },
    progress: (phase, done, total) => line.show(phase, done, total),
    clearProgress: () => line.clear(),
    colour: colours(color),
    width: process.stdout.columns ?? 80,
    now: Date.now,
    version,
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

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    process.stderr.write(`regfsck: interrupted (${signal})\n`);
    process.exit(EXIT.interrupted);
  });
}
// A failed write is reported by its callback; without a listener it would end the program with a stack.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = failureCode(error);
}

function failureCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  if (error instanceof UsageError) {
    process.stderr.write(`regfsck: ${error.message}\n`);
    return EXIT.usage;
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === "write") {
    process.stderr.write(`regfsck: the report could not be written: ${code}\n`);
    return EXIT.incomplete;
  }
  process.stderr.write(`regfsck: a bug; please report it with this:\n${(error as Error).stack ?? error}\n`);
  return EXIT.incomplete;
}
