// How a command hands over its report: to a file where asked, and to standard output unless it is to be quiet.
import type { Format } from "../config/scan-options.ts";
import { writeWhole } from "./output-file.ts";
import type { Terminal } from "./terminal.ts";

export interface EmitOptions {
  readonly format: Format;
  readonly quiet: boolean;
  readonly dryRun: boolean;
  /** JSON lines where the name ends with `.jsonl`, else JSON. */
  readonly report: string | undefined;
}

/** Writes the report's file where one is asked for. False, and a line on standard error, when that fails. */
export function saveReport(
  { report: file, dryRun }: EmitOptions,
  render: (format: "json" | "jsonl") => Iterable<string>,
  terminal: Terminal,
): boolean {
  if (file === undefined) return true;
  if (dryRun) {
    terminal.warn(`--dry-run: the report is not written to ${file}`);
    return true;
  }
  try {
    writeWhole(file, joined(render(file.endsWith(".jsonl") ? "jsonl" : "json")));
    return true;
  } catch (error) {
    terminal.warn(`--report ${file}: ${(error as Error).message}`);
    return false;
  }
}

/** Prints the report, unless the run is quiet and clean. Rejects when standard output cannot be written. */
export async function print(
  { format, quiet }: EmitOptions,
  exitCode: number,
  render: (format: Format) => Iterable<string>,
  terminal: Terminal,
): Promise<void> {
  if (quiet && exitCode === 0) return;
  for (const text of joined(render(format))) await terminal.write(text);
}

/** How much is written at a time, in characters: enough that a million short lines cost few system calls. */
const BATCH = 1 << 16;

function* joined(chunks: Iterable<string>): Generator<string> {
  let batch = "";
  for (const chunk of chunks) {
    batch += chunk;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = "";
  }
  if (batch !== "") yield batch;
}
