// What goes below /usr/local/share, laid out as it goes there.
import { createProgram } from "../../src/program.ts";
import { describeProgram, type ProgramLine } from "../../src/shells/command-line.ts";
import { completions } from "../../src/shells/index.ts";
import { manPage } from "./man-page.ts";

/** The program, of which no command is run. */
function unusedProgram(version: string) {
  const terminal = () => {
    throw new Error("no command is run here");
  };
  return createProgram({ version, terminal, ended: () => {} });
}

export function programLine(version: string): ProgramLine {
  return describeProgram(unusedProgram(version));
}

/** File -> text: the manual page, dated YYYY-MM-DD, and the shells' completions. */
export function shareFiles(version: string, date: string): Record<string, string> {
  const { bash, zsh, fish } = completions(unusedProgram(version));
  return {
    "man/man1/regfsck.1": manPage(programLine(version), date),
    "bash-completion/completions/regfsck": bash,
    "zsh/site-functions/_regfsck": zsh,
    "fish/vendor_completions.d/regfsck.fish": fish,
  };
}
