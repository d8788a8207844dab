// The completions of the shells, made from the program's own commands and options.
import type { Command } from "commander";
import { SHELLS, type Shell } from "../options.ts";
import { bashCompletion } from "./bash.ts";
import { describeProgram, type ProgramLine } from "./command-line.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";

const COMPLETIONS: Readonly<Record<Shell, (program: ProgramLine) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The script of each shell. The program is not to be used for anything else afterwards. */
export function completions(program: Command): Readonly<Record<Shell, string>> {
  const described = describeProgram(program);
  const scripts = SHELLS.map((shell) => [shell, COMPLETIONS[shell](described)]);
  return Object.fromEntries(scripts) as Record<Shell, string>;
}
