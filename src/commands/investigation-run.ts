// What the reports about single things begin with.
import { randomUUID } from "node:crypto";
import { type InvestigationRun, REGISTRY } from "../contract/run.ts";
import type { Terminal } from "../output/terminal.ts";

/** To be made when the work is done: it says how long that took. */
export function investigationRun<Command extends string>(
  command: Command,
  startedAt: number,
  { dryRun }: { readonly dryRun: boolean },
  { now, version }: Pick<Terminal, "now" | "version">,
): InvestigationRun & { readonly command: Command } {
  return {
    schemaVersion: 1,
    tool: { name: "regfsck", version },
    registry: REGISTRY,
    command,
    runId: randomUUID(),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: now() - startedAt,
    dryRun,
  };
}
