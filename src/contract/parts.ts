// What the schemas of all reports share. Schemas are loaded when they are written and in tests, never by a command that
// reads storage: zod takes longer to load than a small root to read.
import { z } from "zod";
import { REGISTRIES } from "./run.ts";

export const count = z.int().nonnegative();
export const rootName = z.string().describe("name of the storage root, as in roots");
export const relativePath = z.string().describe("relative to the storage root");
export const digest = z
  .string()
  .describe("algorithm:hex; where a manifest holds an invalid digest, the text that it holds");

export const rootKind = z
  .enum(["authoritative", "cache"])
  .describe("whether missing parts are damage, or fetched on demand by a pull-through cache");

const fileCounts = z.strictObject({ links: count, manifests: count, configs: count });

const evidence = z
  .strictObject({
    readAllAt: z.iso
      .datetime()
      .describe("when the run began that last read all of the root: how old the oldest evidence is"),
    indexOf: z.iso
      .datetime()
      .nullable()
      .describe("when the run began whose index this one used; null where this one read all"),
    taken: fileCounts.describe("files that have not changed since they were read, and were not read again"),
    read: fileCounts.describe("files that were read"),
    reason: z.string().nullable().describe("why all was read; null where it was not"),
  })
  .describe("with --index: what the verdict rests on");

export const investigatedRoot = z.strictObject({
  name: rootName,
  path: z.string().describe("absolute"),
  kind: rootKind,
  evidence: evidence.exactOptional(),
});

export const unreadable = z.strictObject({
  root: rootName.describe("name of the storage root; empty where the path is in none"),
  path: z.string().describe("relative to the storage root; absolute where it is in none"),
  error: z.string(),
});
export const readError = "what could not be read, so that nothing is known about it";

/** What every report begins with. */
export function runShape<Command extends string>(command: Command) {
  return {
    schemaVersion: z.literal(1),
    tool: z.strictObject({ name: z.string(), version: z.string() }),
    registry: z.enum(REGISTRIES).describe("the release of Docker Distribution's registry that the report speaks of"),
    command: z.literal(command),
    runId: z.string(),
    startedAt: z
      .string()
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
      .meta({ format: "date-time", description: "ISO 8601, UTC" }),
    durationMs: z.number().nonnegative(),
    dryRun: z.boolean(),
    verdict: z.enum(["clean", "findings", "incomplete", "findings+incomplete"]),
  };
}

/** The same without a verdict, which there is on images alone. */
export function investigationShape<Command extends string>(command: Command) {
  const { verdict: _, ...run } = runShape(command);
  return run;
}

export const LAST_LINE = "always the last line: a stream without it was cut off";

type Plain<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends Iterable<infer Item>
    ? readonly Plain<Item>[]
    : { readonly [Key in keyof T]: Plain<T[Key]> };

/** A report as its schema has it, read-only to any depth. */
export type Infer<Schema extends z.ZodType> = Plain<z.infer<Schema>>;
