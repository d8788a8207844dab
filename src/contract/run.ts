// What every report says about its run, and of the roots that were read. Commands load this, so it loads no schema.
import type { Infer, investigatedRoot } from "./parts.ts";
import type { WhyReport } from "./why.ts";

/** The registries whose behaviour a report can speak of. Nothing on the disk tells which one serves it. */
export const REGISTRIES = ["2.8.3", "3.1"] as const;
export type Registry = (typeof REGISTRIES)[number];

/** What an answer for a person says of the registry that it is about: nothing of the one that is assumed where nobody says. */
export function namedRegistry(registry: Registry): string | undefined {
  return registry === REGISTRIES[0] ? undefined : `registry ${registry}`;
}

/** The members that all reports begin with, but for the command. */
export type InvestigationRun = Pick<
  WhyReport,
  "schemaVersion" | "tool" | "registry" | "runId" | "startedAt" | "durationMs" | "dryRun"
>;

export type InvestigatedRoot = Infer<typeof investigatedRoot>;

export type Evidence = NonNullable<InvestigatedRoot["evidence"]>;

export function investigatedRootRecord({ name, path, kind, evidence }: InvestigatedRoot): InvestigatedRoot {
  return { name, path, kind, ...(evidence && { evidence }) };
}
