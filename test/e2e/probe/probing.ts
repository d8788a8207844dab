// Runs a probe in this process, without its waits, and gives what it reports.
import type { ProbeReport } from "../../../src/contract/probe.ts";
import type { ScanReport } from "../../../src/contract/scan.ts";
import { nodeFs } from "../../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../../worlds/scan-world.ts";

export interface ProbeRun extends ProbeReport {
  readonly exitCode: number;
}

/** Rejects as the program does: with a UsageError for what is exit code 16. */
export async function probe(args: readonly string[], input = ""): Promise<ProbeRun> {
  const { printed, exitCode } = await runProgram(nodeFs, ["probe", "--format", "json", ...args], Date.now(), { input });
  return { ...(JSON.parse(printed) as ProbeReport), exitCode };
}

/** `repository:tag` of what a probe calls broken, sorted. */
export function brokenByProbe({ brokenTags }: ProbeReport): string[] {
  return brokenTags.map(({ repository, tag }) => `${repository}:${tag}`).sort();
}

/** The same of a scan of the root. */
export async function brokenByScan(root: string): Promise<string[]> {
  const { printed } = await runProgram(nodeFs, ["scan", "--format", "json", "--jobs", "1", root]);
  const { brokenTags } = JSON.parse(printed) as ScanReport;
  return brokenTags.map(({ repository, tag }) => `${repository}:${tag}`).sort();
}
