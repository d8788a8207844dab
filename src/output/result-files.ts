// How a command hands over what it found: to files where asked, and to standard output unless it is to be quiet.
import { setImmediate as breathe } from "node:timers/promises";
import type { State } from "../contract/state-file.ts";
import { inChunks } from "../report/json.ts";
import { escapeText } from "../text/escape.ts";
import { formatNumberOf } from "../text/quantities.ts";
import { readEarlier, readInput } from "./input-file.ts";
import type { User } from "./target.ts";
import type { Terminal } from "./terminal.ts";
import { type FileMode, writeWhole } from "./whole-file.ts";

/** Writes result files, and remembers whether all of them could be written. */
export class ResultFiles {
  readonly #dryRun: boolean;
  readonly #terminal: Terminal;
  /** Whether every file that was asked for is written. */
  complete = true;
  /** The report's file, once it is written. */
  report: string | undefined;

  /** A dry run writes none, and says so. */
  constructor(dryRun: boolean, terminal: Terminal) {
    this.#dryRun = dryRun;
    this.#terminal = terminal;
  }

  /** Says what went wrong with a file, and that the results are not complete. */
  fail(line: string): void {
    this.#terminal.warn(line);
    this.complete = false;
  }

  /** Writes the file that `option` named, if it named one; whether it did. What goes wrong is one line on standard error. */
  async write(
    option: string,
    file: string | undefined,
    chunks: () => Iterable<string>,
    mode?: FileMode,
  ): Promise<boolean> {
    return this.writeBytes(option, file, () => inChunks(chunks()), mode);
  }

  /** As `write`, of bytes too, in the pieces that they come in. */
  async writeBytes(
    option: string,
    file: string | undefined,
    pieces: () => Iterable<string | Uint8Array>,
    mode?: FileMode,
  ): Promise<boolean> {
    if (file === undefined) return false;
    if (this.#dryRun) {
      this.#terminal.warn(`--dry-run: ${option} ${file} is not written`);
      return false;
    }
    try {
      await writeWhole(file, pieces(), this.#terminal.user, mode);
      return true;
    } catch (error) {
      this.fail(`${option} ${file}: ${(error as Error).message}`);
      return false;
    }
  }

  /** Writes an index, which nobody but its user need read; as `write`. */
  async writeIndex(file: string, chunks: () => Iterable<Uint8Array>): Promise<void> {
    await this.writeBytes("--index", file, chunks, { mode: 0o600 });
  }

  /** Whoever collects metrics runs as another user: a new file is made readable for all. */
  async writeMetrics(file: string, text: string): Promise<void> {
    await this.write("--metrics", file, () => [text], { mode: 0o644, readableForAll: true });
  }

  /** Writes a report: JSON lines where the name ends with `.jsonl`, a page where there is one and it ends with `.html`, else JSON. */
  async writeReport(
    file: string | undefined,
    render: (format: "json" | "jsonl") => Promise<Iterable<string>>,
    page?: () => Promise<Iterable<string>>,
  ): Promise<void> {
    if (file === undefined) return;
    const chunks = await (page && isPage(file) ? page() : render(file.endsWith(".jsonl") ? "jsonl" : "json"));
    if (await this.write("--report", file, () => chunks)) this.report = file;
  }
}

/** Whether a report's file is to be a page. */
export function isPage(file: string): boolean {
  return file.endsWith(".html");
}

/** A state holds every finding of a run, and JavaScript no longer text. */
const MOST_BYTES = 1 << 29;

/** What a result file holds from the last run; empty where there is none that can be read. */
export async function readText(file: string, user: User): Promise<string> {
  try {
    return await readResult(file, user);
  } catch {
    return "";
  }
}

/** The state in a file; undefined where there is none (yet), else why it cannot be told. */
export async function readState(file: string | undefined, user: User): Promise<State | string | undefined> {
  return readStateBy(async () => (await import("../contract/state-file.ts")).parseState, file, user);
}

/** The same of a state of another shape, whose parser throws an Error of one line; it is loaded where there is a file alone. */
export async function readStateBy<Read>(
  loadParser: () => Promise<(text: string) => Read>,
  file: string | undefined,
  user: User,
): Promise<Read | string | undefined> {
  if (file === undefined) return undefined;
  const parse = await loadParser();
  try {
    return parse(await readResult(file, user));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return `${file}: ${(error as Error).message}`;
  }
}

/** By the way that it is written: parts of it come to stand in the next one, which others may be allowed to read. */
function readResult(file: string, user: User): Promise<string> {
  return readEarlier(file, user, (path, options) => readInput(path, MOST_BYTES, options));
}

/**
 * Prints the report, unless the run is quiet and clean; of a quiet run that is not, as much of the text as a mail should
 * hold, and where the rest is. Rejects when standard output cannot be written.
 */
export async function print<Format extends string>(
  { format, quiet }: { readonly format: Format; readonly quiet: boolean },
  exitCode: number,
  render: (format: Format) => Promise<Iterable<string>>,
  terminal: Terminal,
  files?: ResultFiles,
): Promise<void> {
  if (quiet && exitCode === 0) return;
  const text = await render(format);
  for (const chunk of inChunks(quiet && format === "text" ? brief(text, files) : text)) {
    await terminal.write(chunk);
    // A file takes all at once: signals are seen in between.
    await breathe();
  }
}

/** With what a run says on standard error, and the words about the rest, fewer than 50. */
const QUIET_LINES = 36;

/** Coloured or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const NEXT_LINE = /^(?:\u001b\[\d+m)*Next: /;

/** The first lines, which hold the verdict, and where the full report is. A program that asks for JSON gets it all. */
function* brief(text: Iterable<string>, files: ResultFiles | undefined): Generator<string> {
  let lines = 0;
  let last = "";
  let next = "";
  for (const piece of text) {
    for (const line of piece.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      if (lines < QUIET_LINES) {
        yield line;
        last = line;
      } else if (NEXT_LINE.test(line)) next = line;
      if (line.endsWith("\n")) lines++;
    }
  }
  // What to do next stands at the end of the report, and must not be cut off with it.
  if (next !== "") yield `\n${next}`;
  const gap = (next === "" ? last : next) === "\n" ? "" : "\n";
  const cut = lines > QUIET_LINES ? `… and ${formatNumberOf(lines - QUIET_LINES, "more line")}. ` : "";
  if (files?.report !== undefined) yield `${gap}${cut}The full report: ${escapeText(files.report)}\n`;
  else if (cut !== "") yield `${gap}${cut}Without --quiet all is printed${files ? "; --report FILE keeps it" : ""}.\n`;
}
