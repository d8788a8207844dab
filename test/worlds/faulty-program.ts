// Runs the built program on a disk that fails on purpose, in its own process or in its threads.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PROGRAM, type ProgramResult } from "./program.ts";

export interface ProgramFault {
  /** Where the calls are made that fail. */
  readonly where: "threads" | "main";
  /** A pattern for the paths. */
  readonly path: string;
  /** Which call; any where it is left out. */
  readonly call?: "readdirSync" | "statSync" | "openSync" | "readSync";
  /** A system's error code, or how the thread dies. */
  readonly does: string;
  /** The exit code of a thread that exits. */
  readonly code?: number;
}

export interface FaultyRun {
  readonly args: readonly string[];
  readonly fault?: ProgramFault;
  /** Has threads started: once a path that matches has been read, all that follows is read by them. */
  readonly hold?: string;
  /** Options for node. */
  readonly node?: readonly string[];
  /** Shell commands to run before the program, as `ulimit -n 64`. */
  readonly limit?: string;
}

const PRELOAD = fileURLToPath(new URL("preload-faults.cjs", import.meta.url));

/** A run that has not ended after this long hangs (ms). */
const PATIENCE = 60_000;

export function runFaulty({ args, fault, hold, node = [], limit }: FaultyRun): ProgramResult {
  const isPlain = fault === undefined && hold === undefined;
  const options = [...node, ...(isPlain ? [] : [`--require=${PRELOAD}`])].join(" ");
  const program = [process.execPath, PROGRAM, ...args];
  const command = limit === undefined ? program : ["sh", "-c", `${limit} && exec "$@"`, "sh", ...program];
  const { status, signal, stdout, stderr, error } = spawnSync(command[0]!, command.slice(1), {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    timeout: PATIENCE,
    env: {
      ...process.env,
      NO_COLOR: "1",
      NODE_OPTIONS: options,
      FAULTY_PROGRAM: JSON.stringify({ fault, hold }),
    },
  });
  if (error) throw error;
  return { code: status, stdout, stderr: signal === null ? stderr : `${stderr}\nended by ${signal}` };
}
