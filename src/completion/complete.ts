// regfsck __complete: the shells' completions ask it for names. Not a command for people, so it is not documented.
import { EXIT } from "../commands/exit-code.ts";
import type { Terminal } from "../output/terminal.ts";
import { COMPLETED, type Completed, findCandidates } from "./candidates.ts";

/** Prints the candidates, one a line. Gives the exit code. */
export async function complete(
  what: string,
  prefix: string,
  paths: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (!COMPLETED.includes(what as Completed)) return EXIT.usage;
  const candidates = findCandidates(terminal.fs, what as Completed, prefix, paths);
  await terminal.write(candidates.map((name) => `${name}\n`).join(""));
  return EXIT.clean;
}
