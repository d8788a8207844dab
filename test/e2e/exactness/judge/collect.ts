// Runs the registry's own collection, with a limit: a fifo in its way would hold it for ever.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeScratch } from "../scratch.ts";
import { DEBIANS, type Tested } from "../tested.ts";
import { runToEnd } from "./report.ts";

export interface DryRun {
  exitCode: number | "timeout";
  /** The repositories that it came to, in its order. */
  repositories: string[];
  stdout: string;
  stderr: string;
}

/** `docker-registry garbage-collect --dry-run [-m]`. */
export function collectDry(root: string, deleteUntagged: boolean, limitMs: number, tested = DEBIANS): Promise<DryRun> {
  return collect(root, ["--dry-run", ...(deleteUntagged ? ["-m"] : [])], limitMs, tested);
}

/** `docker-registry garbage-collect [-m]`: deletes. */
export function collectReally(
  root: string,
  deleteUntagged: boolean,
  limitMs: number,
  tested = DEBIANS,
): Promise<DryRun> {
  return collect(root, deleteUntagged ? ["-m"] : [], limitMs, tested);
}

async function collect(root: string, flags: string[], limitMs: number, { program }: Tested): Promise<DryRun> {
  const folder = await makeScratch("exactness-collect");
  const config = join(folder, "config.yml");
  try {
    await writeFile(config, JSON.stringify({ version: "0.1", storage: { filesystem: { rootdirectory: root } } }));
    const run = await runToEnd(program ?? "docker-registry", ["garbage-collect", config, ...flags], limitMs);
    return { ...run, repositories: run.stdout.split("\n").filter((line) => /^[^\s:]+$/.test(line)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
