// Types lines into the real shells, in a terminal, and tells what they ran: the only judge of a completion.
import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export interface Desk {
  /** Where the lines are typed. */
  readonly folder: string;
  /** Where the completions are installed, as if it were /usr/local/share. */
  readonly share: string;
  /** Homes of the shells. */
  readonly home: string;
  /** What the completions ask for names. */
  readonly program: string;
}

/**
 * The arguments that `regfsck` was run with by each of the lines; a tab in a line is the key. Only completion runs the
 * real program. Rejects when the shell cannot be run.
 */
export async function typeLines(shell: Shell, lines: readonly string[], desk: Desk): Promise<string[][]> {
  const log = join(desk.home, `${shell}.log`);
  await rm(log, { force: true });
  await write(log, "");
  const program = join(desk.home, shell, "regfsck");
  await write(
    program,
    `#!/bin/sh
if [ "$1" = __complete ]; then exec '${process.execPath}' '${desk.program}' "$@"; fi
printf '%s\\0' "$#" "$@" >>'${log}'
`,
  );
  await chmod(program, 0o755);
  await inTerminal(shell, await start(shell, desk), [...lines, "exit", ""].join("\n"), desk);
  return runs((await readFile(log, "utf8")).split("\0").slice(0, -1));
}

/** The line that starts the shell, with the completions that are installed. */
async function start(shell: Shell, { home, share }: Desk): Promise<string> {
  if (shell === "bash") {
    // The package bash-completion would find the file itself; bash alone is told.
    await write(join(home, "bashrc"), `. '${share}/bash-completion/completions/regfsck'\n`);
    return `bash --noprofile --rcfile '${home}/bashrc' -i`;
  }
  if (shell === "zsh") {
    await write(
      join(home, ".zshrc"),
      `fpath=('${share}/zsh/site-functions' $fpath)\nautoload -U compinit\ncompinit -u -D\n`,
    );
    return "zsh --no-globalrcs -i";
  }
  return "fish --private -i";
}

function inTerminal(shell: Shell, command: string, input: string, { folder, home, share }: Desk): Promise<void> {
  const { PATH } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn("script", ["--quiet", "--return", "--command", `exec ${command}`, "/dev/null"], {
      cwd: folder,
      env: { PATH: `${home}/${shell}:${PATH}`, HOME: home, XDG_DATA_DIRS: share, TERM: "xterm", LC_ALL: "C.UTF-8" },
      stdio: ["pipe", "ignore", "inherit"],
      timeout: 150_000,
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 127) reject(new Error(`there is no ${shell} on this machine`));
      else resolve();
    });
    child.stdin.end(input);
  });
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Cuts a list of "count, that many words" into the words of each. */
function runs(words: readonly string[]): string[][] {
  const [count, ...rest] = words;
  if (count === undefined) return [];
  return [rest.slice(0, Number(count)), ...runs(rest.slice(Number(count)))];
}
