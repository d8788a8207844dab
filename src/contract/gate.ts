// The shape of a gate's report, as zod schemas: a scan's and a forecast's, and the decision.
import { z } from "zod";
import { forecastReport } from "./forecast.ts";
import { lineSchema } from "./lines.ts";
import { type Infer, rootName, runShape } from "./parts.ts";
import { type ScanReport, scanReport } from "./scan.ts";

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

export const gateLine = lineSchema("gate", gateReport);

export type GateReport = Omit<Infer<typeof gateReport>, "scan"> & { readonly scan: ScanReport };
export type Decision = GateReport["decision"];
export type Fingerprint = GateReport["fingerprints"][number];
