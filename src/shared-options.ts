// The options that commands share, and how the values of options are read.
import { type Command, InvalidArgumentError, Option } from "commander";
import { FORMATS } from "./config/common-options.ts";
import { FAIL_ON } from "./contract/finding.ts";
import { parseDuration } from "./text/duration.ts";

/** For commands that read any number of whole roots. */
export function addCommon(command: Command): Command {
  return addReading(
    addShared(command.argument("[path...]", "storage roots, or folders with storage roots up to three levels down")),
  );
}

/** For commands that read roots whole, be it several or one. */
export function addReading(command: Command): Command {
  return command
    .option("--allow-empty", "accept a root that holds nothing at all", false)
    .option("--jobs <n>", "read with this many threads (default: as many as help)", positive);
}

/** For every command; `formats` are those that it can print. */
export function addShared(command: Command, formats: readonly string[] = FORMATS): Command {
  return command
    .addOption(new Option("--format <format>", "how to print the report").choices(formats).default("text"))
    .option("--cache <name>", "take this root for a pull-through cache (repeatable)", collect, [])
    .option("--authoritative <name>", "take this root for an authoritative one (repeatable)", collect, [])
    .option("--max-iops <n>", "make at most so many calls a second to the disk, with one thread", positive)
    .option("--config <file>", "the configuration file (default: /etc/regfsck.yaml, where there is one)")
    .option("--report <file>", "also write the report there: JSON, or JSON lines for *.jsonl")
    .option("--dry-run", "write nothing anywhere; say what would have been written", false)
    .option("--quiet", "print nothing when the exit code is 0, else at most 50 lines", false)
    .addOption(
      new Option("--progress <when>", "the progress line on standard error")
        .choices(["auto", "always", "never"])
        .default("auto"),
    )
    .option("--no-color", "no colours (as NO_COLOR does; FORCE_COLOR asks for them)");
}

/** For commands that can do with a part of a root. */
export function addRepositories(command: Command): Command {
  return command.option("--repo <glob>", "only repositories whose name matches (repeatable)", collect, []);
}

/** What the clean-up to come will do. */
export function addCleanUp(command: Command): Command {
  return command
    .option("-m, --delete-untagged", "collect as garbage-collect -m does: untagged manifests are deleted", false)
    .option("--keep-tags <n>", "remove all but the n newest tags of each repository first", positive)
    .option("--remove-tag <repo:tag>", "remove this tag first (repeatable)", collect, [])
    .option("--remove-tags-from <file>", "remove the tags that this file lists first, one a line");
}

export function failOn(): Option {
  return new Option("--fail-on <severity>", "fail when there are findings this severe")
    .choices(FAIL_ON)
    .default("error");
}

/** An option that takes a duration; `shown` is the default as help shows it. */
export function age(flags: string, description: string, milliseconds: number, shown: string): Option {
  return new Option(flags, description).argParser(duration).default(milliseconds, shown);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("A duration is a number with s, m, h, d or w: 7d.");
  return milliseconds;
}

export function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return Number(text);
}

export function exitCodes(clean: string, findings: string, incomplete: string): string {
  return `\nExit codes: 0 ${clean}; 4 ${findings}; 8 ${incomplete}; 16 wrong usage; 32 interrupted.`;
}
