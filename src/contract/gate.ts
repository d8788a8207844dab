// The shape of a gate's report, as zod schemas: a scan's and a forecast's, and the decision.
import { z } from "zod";
import { forecastReport } from "./forecast.ts";
import { lineSchema } from "./lines.ts";
import { count, type Infer, rootName, runShape } from "./parts.ts";
import { type ScanReport, scanReport } from "./scan.ts";

/** What a gate was asked about. A recheck is for the same alone. */
const asked = z.strictObject({
  deleteUntagged: z.boolean().describe("a garbage collection with -m"),
  keepTags: count.nullable().describe("a clean-up that keeps so many tags of each repository; null for all"),
  removeTags: z.array(z.string()).describe("the tags that the clean-up was to remove by name, repository:tag"),
  deletes: z
    .array(z.string())
    .describe("what clients were to delete over HTTP before that, repository:tag or repository@digest"),
  quietPeriodMs: count,
  maxDelete: z.number().min(0).max(1).describe("the largest share of a store's blobs, or of their bytes, that may go"),
  allowBroken: z.boolean(),
});

const decided = {
  ...runShape("gate"),
  asked,
  decision: z.enum(["go", "stop", "undecided"]),
  reasons: z.array(z.string()).describe("every reason against going, each with the next step"),
  warnings: z
    .array(z.string())
    .describe("what does not speak against going and should be known: content to be kept that nobody has verified"),
  fingerprints: z.array(
    z.strictObject({
      root: rootName,
      path: z.string().describe("absolute"),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .describe("of the names of all tags, links, blobs and uploads, and of what the tags name"),
    }),
  ),
};

export const gateReport = z
  .strictObject({ ...decided, scan: scanReport, forecast: forecastReport })
  .meta({ title: "regfsck gate --format json" });

const { schemaVersion, tool, registry, command, decision, reasons } = decided;

/** The one object that a re-check prints, as JSON and as a line. */
export const recheckReport = z
  .strictObject({
    ...{ schemaVersion, tool, registry, command },
    recheckOf: z.string().describe("the runId of the gate whose report is looked at again"),
    ...{ asked, decision, reasons },
  })
  .meta({ title: "regfsck gate --recheck REPORT --format json" });

export const gateLine = lineSchema("gate", gateReport);

export type GateReport = Omit<Infer<typeof gateReport>, "scan"> & { readonly scan: ScanReport };
export type RecheckReport = Infer<typeof recheckReport>;
export type Decision = GateReport["decision"];
export type Fingerprint = GateReport["fingerprints"][number];
export type Asked = GateReport["asked"];
