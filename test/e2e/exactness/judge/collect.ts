// Runs the registry's own collection without changing anything, with a limit: a fifo in its way would hold it for ever.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeScratch } from "../scratch.ts";
import { runToEnd } from "./report.ts";

export interface DryRun {
  exitCode: number | "timeout";
  /** The repositories that it came to, in its order. */
  repositories: string[];
  stdout: string;
  stderr: string;
}

/** `docker-registry garbage-collect --dry-run [-m]`. */
export async function collectDry(root: string, deleteUntagged: boolean, limitMs: number): Promise<DryRun> {
  const folder = await makeScratch("exactness-collect");
  const config = join(folder, "config.yml");
  try {
    await writeFile(config, JSON.stringify({ version: "0.1", storage: { filesystem: { rootdirectory: root } } }));
    const flags = ["--dry-run", ...(deleteUntagged ? ["-m"] : [])];
    const run = await runToEnd("docker-registry", ["garbage-collect", config, ...flags], limitMs);
    return { ...run, repositories: run.stdout.split("\n").filter((line) => /^[^\s:]+$/.test(line)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
