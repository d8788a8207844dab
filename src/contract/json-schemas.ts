// The JSON Schemas of the reports, as they are published beside the package.
import { z } from "zod";
import { forecastLine, forecastReport } from "./forecast.ts";
import { gateLine, gateReport, recheckReport } from "./gate.ts";
import { planLine, planReport } from "./plan.ts";
import { probeLine, probeReport } from "./probe.ts";
import { reclaimLine, reclaimReport } from "./reclaim.ts";
import { scanLine, scanReport } from "./scan.ts";
import { usageLine, usageReport } from "./usage.ts";
import { verifyLine, verifyReport } from "./verify.ts";
import { whyLine, whyReport } from "./why.ts";

/** Name of the file -> JSON Schema, dialect 2020-12. */
export function jsonSchemas(): Record<string, object> {
  return {
    "report.schema.json": z.toJSONSchema(scanReport),
    "report-line.schema.json": z.toJSONSchema(scanLine),
    "forecast.schema.json": z.toJSONSchema(forecastReport),
    "forecast-line.schema.json": z.toJSONSchema(forecastLine),
    "gate.schema.json": z.toJSONSchema(gateReport),
    "gate-line.schema.json": z.toJSONSchema(gateLine),
    "gate-recheck.schema.json": z.toJSONSchema(recheckReport),
    "verify.schema.json": z.toJSONSchema(verifyReport),
    "verify-line.schema.json": z.toJSONSchema(verifyLine),
    "why.schema.json": z.toJSONSchema(whyReport),
    "why-line.schema.json": z.toJSONSchema(whyLine),
    "usage.schema.json": z.toJSONSchema(usageReport),
    "usage-line.schema.json": z.toJSONSchema(usageLine),
    "reclaim.schema.json": z.toJSONSchema(reclaimReport),
    "reclaim-line.schema.json": z.toJSONSchema(reclaimLine),
    "plan.schema.json": z.toJSONSchema(planReport),
    "plan-line.schema.json": z.toJSONSchema(planLine),
    "probe.schema.json": z.toJSONSchema(probeReport),
    "probe-line.schema.json": z.toJSONSchema(probeLine),
  };
}
