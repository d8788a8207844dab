// The shape of the JSON reports as zod schemas: the one source of the JSON Schemas that are published beside the
// package. Loaded when these are written and in tests, never by a scan: zod takes longer to load than a small root to read.
import { z } from "zod";
import { FINDING_CODES, type Finding, SEVERITIES } from "../checks/finding.ts";
import { ROLE_NAMES } from "../scan/facts.ts";
import type { ScanReport } from "./report.ts";

const count = z.int().nonnegative();
const rootName = z.string().describe("name of the storage root, as in roots");
const relativePath = z.string().describe("relative to the storage root");
const digest = z
  .string()
  .describe("algorithm:hex; where a manifest names something by text that is no digest, that text");

const root = z.strictObject({
  name: rootName,
  path: z.string().describe("absolute"),
  kind: z
    .enum(["authoritative", "cache"])
    .describe("whether missing parts are damage, or fetched on demand by a pull-through cache"),
  counts: z.strictObject({
    repositories: count,
    tags: count,
    revisions: count,
    manifests: count,
    indexes: count,
    layerLinks: count,
    blobs: count,
    blobBytes: count,
    uploads: count,
  }),
});

const brokenTag = z
  .strictObject({
    root: rootName,
    repository: z.string(),
    tag: z.string(),
    digest: digest.nullable().describe("what the tag names; null where it names nothing"),
    platforms: z.array(z.string()).describe("the platforms that cannot be pulled; empty for an image of one platform"),
    findings: z.array(z.string()).describe("ids of the findings that break it"),
  })
  .describe("an image that a client cannot pull whole");

const finding = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .describe("the same for the same damage from run to run"),
  code: z.enum(FINDING_CODES),
  severity: z.enum(SEVERITIES),
  root: rootName,
  repository: z.string().exactOptional(),
  tag: z.string().exactOptional(),
  digest: digest.exactOptional(),
  parent: digest.exactOptional().describe("the manifest that references digest"),
  role: z.enum(ROLE_NAMES).exactOptional().describe("what digest is to its parent"),
  platform: z.string().exactOptional(),
  path: relativePath,
  message: z.string(),
  affects: z.array(z.string()).describe("repository:tag of every image that it breaks"),
  remedy: z.string(),
});

const unreadable = z.strictObject({
  root: rootName.describe("name of the storage root; empty where the path lies in none"),
  path: z.string().describe("relative to the storage root; absolute where it lies in none"),
  error: z.string(),
});

const summary = z.strictObject({
  error: count.describe("findings of this severity"),
  warning: count,
  info: count,
  brokenTags: count,
  accepted: count.describe("findings that were accepted before, and are not reported again"),
});

const run = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  command: z.literal("scan"),
  runId: z.string(),
  startedAt: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
    .meta({ format: "date-time", description: "ISO 8601, UTC" }),
  durationMs: z.number().nonnegative(),
  dryRun: z.boolean(),
  verdict: z.enum(["clean", "findings", "incomplete", "findings+incomplete"]),
});

const scanReport = z
  .strictObject({
    ...run.shape,
    roots: z.array(root),
    brokenTags: z.array(brokenTag),
    findings: z.array(finding),
    unreadable: z.array(unreadable).describe("what could not be read, so that nothing is known about it"),
    summary,
  })
  .meta({ title: "regfsck scan --format json" });

const reportLine = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("root"), ...root.shape }),
    z.strictObject({ type: z.literal("finding"), ...finding.shape }),
    z.strictObject({ type: z.literal("brokenTag"), ...brokenTag.shape }),
    z.strictObject({ type: z.literal("unreadable"), ...unreadable.shape }),
    z
      .strictObject({ type: z.literal("summary"), ...run.shape, ...summary.shape })
      .describe("always the last line: a stream without it was cut off"),
  ])
  .meta({ title: "a line of regfsck scan --format jsonl" });

/** Name of the file -> JSON Schema, dialect 2020-12. */
export function jsonSchemas(): Record<string, object> {
  return { "report.schema.json": z.toJSONSchema(scanReport), "report-line.schema.json": z.toJSONSchema(reportLine) };
}

// The compiler refuses these lines when the schema and the types of report.ts differ in any field.
type Plain<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends Iterable<infer Item>
    ? readonly Plain<Item>[]
    : { readonly [Key in keyof T]: Plain<T[Key]> };
type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : "schema and type differ";
true satisfies Same<z.infer<typeof scanReport>, ScanReport>;
true satisfies Same<z.infer<typeof finding>, Finding>;
