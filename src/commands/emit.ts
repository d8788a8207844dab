// How a command hands over what it found: to files where asked, and to standard output unless it is to be quiet.
import { readFileSync } from "node:fs";
import type { Format } from "../config/common-options.ts";
import { inChunks } from "../report/json-stream.ts";
import type { State } from "../report/state-file.ts";
import { writeWhole } from "./output-file.ts";
import type { Terminal } from "./terminal.ts";

/** Writes result files, and remembers whether all of them could be written. */
export class ResultFiles {
  readonly #dryRun: boolean;
  readonly #terminal: Terminal;
  /** Whether every file that was asked for is written. */
  complete = true;

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

  /** Writes the file that `option` named, if it named one. What goes wrong is one line on standard error. */
  write(option: string, file: string | undefined, chunks: () => Iterable<string>, mode?: number): void {
    if (file === undefined) return;
    if (this.#dryRun) {
      this.#terminal.warn(`--dry-run: ${option} ${file} is not written`);
      return;
    }
    try {
      writeWhole(file, inChunks(chunks()), mode);
    } catch (error) {
      this.fail(`${option} ${file}: ${(error as Error).message}`);
    }
  }

  /** Writes a report: JSON lines where the name ends with `.jsonl`, else JSON. */
  writeReport(file: string | undefined, render: (format: "json" | "jsonl") => Iterable<string>): void {
    this.write("--report", file, () => render(file?.endsWith(".jsonl") ? "jsonl" : "json"));
  }
}

/** What a result file holds from the last run; empty where there is none that can be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The state in a file; undefined where there is none (yet), else why it cannot be told. */
export async function readState(file: string | undefined): Promise<State | string | undefined> {
  if (file === undefined) return undefined;
  const { parseState } = await import("../report/state-file.ts");
  try {
    return parseState(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return `${file}: ${(error as Error).message}`;
  }
}

/** Prints the report, unless the run is quiet and clean. Rejects when standard output cannot be written. */
export async function print(
  { format, quiet }: { readonly format: Format; readonly quiet: boolean },
  exitCode: number,
  render: (format: Format) => Iterable<string>,
  terminal: Terminal,
): Promise<void> {
  if (quiet && exitCode === 0) return;
  for (const text of inChunks(render(format))) await terminal.write(text);
}
