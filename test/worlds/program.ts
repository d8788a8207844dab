// Runs the built program as a user does; `npm test` builds it first.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const PROGRAM = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface ProgramResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Without root's privilege to read and write whatever it likes, where that is who runs the tests. */
export function run(...args: string[]): ProgramResult {
  const command = [process.execPath, PROGRAM, ...args];
  if (process.getuid?.() === 0) command.unshift("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--");
  const { status, stdout, stderr, error } = spawnSync(command[0]!, command.slice(1), {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}
