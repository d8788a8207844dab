// The envelope around every command: what it takes to begin a run, and how its report is handed over.
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { NoRootError, UsageError } from "../contract/errors.ts";
import type { InvestigationRun } from "../contract/run.ts";
import type { Verdict } from "../contract/scan.ts";
import { checkDistinct, checkOutsideGiven, type NamedFiles } from "../output/outside-roots.ts";
import { isPage, print, ResultFiles } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { RULES } from "../registry/rules.ts";
import { exitCode } from "./exit-code.ts";

export interface RunOptions {
  readonly paths: readonly string[];
  readonly registry: keyof typeof RULES;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly report: string | undefined;
  readonly state?: string | undefined;
  readonly metrics?: string | undefined;
  /** Written by a scan. */
  readonly index?: string | undefined;
  /** Read by others. */
  readonly readIndex?: string | undefined;
  readonly config: string | undefined;
  readonly recheck?: string | undefined;
  readonly removeTagsFrom?: string | undefined;
  readonly deletesFrom?: string | undefined;
}

export interface Run {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The paths that were asked for, absolute. */
  readonly paths: readonly string[];
  /** Files that are going to be written, by the option that names each. */
  readonly outputs: NamedFiles;
  readonly files: ResultFiles;
  readonly terminal: Terminal;
  readonly options: RunOptions;
}

/**
 * `more` are files beside report, state and metrics; `hasPage` says whether the report can be a page. Throws a UsageError where two options
 * name one file, and for a page that there is not.
 */
export async function beginRun(
  options: RunOptions,
  terminal: Terminal,
  { more = {}, hasPage = false }: { readonly more?: NamedFiles; readonly hasPage?: boolean } = {},
): Promise<Run> {
  const { report, state, metrics, index, readIndex, config, recheck, removeTagsFrom, deletesFrom } = options;
  if (report !== undefined && isPage(report) && !hasPage) {
    throw new UsageError(
      `--report ${report}: only scan, forecast, gate and usage write a page (.html); use .json or .jsonl`,
    );
  }
  const outputs = { "--report": report, "--state": state, "--metrics": metrics, "--index": index, ...more };
  const lists = { "--remove-tags-from": removeTagsFrom, "--delete-from": deletesFrom };
  const inputs = { "--config": config, "--recheck": recheck, "--index": readIndex, ...lists };
  await checkDistinct(outputs, inputs, terminal.user);
  return {
    startedAt: terminal.now(),
    paths: options.paths.map((path) => resolve(path)),
    outputs,
    files: new ResultFiles(options.dryRun, terminal),
    terminal,
    options,
  };
}

/**
 * Hands on what a reading gives. Where there is no root to be read, `tell` writes the metrics that say so before the run
 * ends: it may be an unmounted volume.
 */
export async function orNoRoot<Inspected>(
  run: Run,
  reading: Promise<Inspected>,
  tell: () => Promise<unknown>,
): Promise<Inspected> {
  try {
    return await reading;
  } catch (error) {
    const { metrics } = run.options;
    if (error instanceof NoRootError && metrics !== undefined) {
      await checkOutsideGiven({ "--metrics": metrics }, run.options.paths, run.terminal.user);
      await tell();
    }
    throw error;
  }
}

/** What every report begins with. To be made when the work is done: it says how long that took. */
export function reportHead<Command extends string>(
  command: Command,
  { startedAt, options, terminal: { now, version } }: Run,
): InvestigationRun & { readonly command: Command } {
  return {
    schemaVersion: 1,
    tool: { name: "regfsck", version },
    registry: RULES[options.registry].registry,
    command,
    runId: randomUUID(),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: now() - startedAt,
    dryRun: options.dryRun,
  };
}

export function verdictOf(hasFindings: boolean, isIncomplete: boolean): Verdict {
  if (isIncomplete) return hasFindings ? "findings+incomplete" : "incomplete";
  return hasFindings ? "findings" : "clean";
}

/** The code of most commands: 4 for findings, 8 where something could not be read or written, 12 for both. */
export function codeFor(findings: boolean, unreadable: readonly unknown[]): (filesComplete: boolean) => number {
  return (filesComplete) => exitCode({ findings, incomplete: unreadable.length > 0 || !filesComplete });
}

/** How a report is handed over, and which code the run ends with. */
export interface Ending<Format extends string> {
  readonly format: Format;
  /** The report as text. */
  readonly render: (format: Format | "json" | "jsonl") => Promise<Iterable<string>>;
  /** The report as a page, where `beginRun` was told that there is one. */
  readonly page?: () => Promise<Iterable<string>>;
  /** Writes what else the command leaves behind, after the report's file. */
  readonly write?: () => Promise<unknown>;
  /** Asked last, when it is known whether every file could be written. */
  readonly code: (filesComplete: boolean) => number;
}

/** Writes the report where asked, and prints it. Gives the exit code. Rejects when standard output cannot be written. */
export async function endRun<Format extends string>(
  { files, options, terminal }: Run,
  { format, render, page, write, code }: Ending<Format>,
): Promise<number> {
  await files.writeReport(options.report, render, page);
  await write?.();
  const exitCode = code(files.complete);
  await print({ format, quiet: options.quiet }, exitCode, render, terminal, files);
  return exitCode;
}
