// What the schemas of verify, why and usage share.
import { z } from "zod";
import { rootKind, rootName, runShape } from "./parts.ts";

/** What such a report begins with: there is no verdict but on images. */
export function investigationShape<Command extends string>(command: Command) {
  const { verdict: _, ...run } = runShape(command);
  return run;
}

export const investigatedRoot = z.strictObject({
  name: rootName,
  path: z.string().describe("absolute"),
  kind: rootKind,
});

export const readError = "what could not be read, so that nothing is known about it";

export interface InvestigationRun {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly dryRun: boolean;
}

/** A root that was looked at. */
export interface InvestigatedRoot {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: "authoritative" | "cache";
}

export function investigatedRootRecord({ name, path, kind }: InvestigatedRoot) {
  return { name, path, kind };
}
