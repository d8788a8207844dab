// The shape of a gate's report, as zod schemas: a scan's and a forecast's, and the decision.
import { z } from "zod";
import { forecastParts, forecastReport, forecastRootShape, forecastSummaryShape } from "./forecast.ts";
import type { Infer } from "./parts.ts";
import { LAST_LINE, lineShape, rootName, runShape } from "./parts.ts";
import type { ScanReport } from "./scan.ts";
import { scanParts, scanReport, scanSummaryShape } from "./scan.ts";

const decided = {
  ...runShape("gate"),
  decision: z.enum(["go", "stop", "undecided"]),
  reasons: z.array(z.string()).describe("every reason against going, each with the next step"),
  fingerprints: z.array(
    z.strictObject({
      root: rootName,
      path: z.string().describe("absolute"),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .describe("of the tags, revisions and uploads that were read"),
    }),
  ),
};

export const gateReport = z
  .strictObject({ ...decided, scan: scanReport, forecast: forecastReport })
  .meta({ title: "regfsck gate --format json" });

export const gateLine = z
  .discriminatedUnion("type", [
    ...scanParts,
    lineShape("scanSummary", scanSummaryShape),
    lineShape("forecastRoot", forecastRootShape).describe("what is forecast for a root, without its lists"),
    ...forecastParts,
    lineShape("forecastSummary", forecastSummaryShape),
    lineShape("summary", decided).describe(LAST_LINE),
  ])
  .meta({ title: "a line of regfsck gate --format jsonl" });

export type GateReport = Omit<Infer<typeof gateReport>, "scan"> & { readonly scan: ScanReport };
export type Decision = GateReport["decision"];
export type Fingerprint = GateReport["fingerprints"][number];
