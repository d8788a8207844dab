// What goes below /usr/local/share, laid out as it goes there.

import { describeProgram } from "./command-line.ts";
import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import { zshCompletion } from "./completion-zsh.ts";
import { manPage } from "./man-page.ts";

/** File -> text: the manual page, dated YYYY-MM-DD, and the shells' completions. */
export function shareFiles(version: string, date: string): Record<string, string> {
  const program = describeProgram(version);
  return {
    "man/man1/regfsck.1": manPage(program, date),
    "bash-completion/completions/regfsck": bashCompletion(program),
    "zsh/site-functions/_regfsck": zshCompletion(program),
    "fish/vendor_completions.d/regfsck.fish": fishCompletion(program),
  };
}
