// The JSON Schemas of the reports, as they are published beside the package.
import { z } from "zod";
import { planLine, planReport } from "./plan-schema.ts";
import { forecastLine, forecastReport } from "./schema-forecast.ts";
import { gateLine, gateReport } from "./schema-gate.ts";
import { scanLine, scanReport } from "./schema-scan.ts";
import { usageLine, usageReport } from "./usage-schema.ts";
import { verifyLine, verifyReport } from "./verify-schema.ts";
import { whyLine, whyReport } from "./why-schema.ts";

/** Name of the file -> JSON Schema, dialect 2020-12. */
export function jsonSchemas(): Record<string, object> {
  return {
    "report.schema.json": z.toJSONSchema(scanReport),
    "report-line.schema.json": z.toJSONSchema(scanLine),
    "forecast.schema.json": z.toJSONSchema(forecastReport),
    "forecast-line.schema.json": z.toJSONSchema(forecastLine),
    "gate.schema.json": z.toJSONSchema(gateReport),
    "gate-line.schema.json": z.toJSONSchema(gateLine),
    "verify.schema.json": z.toJSONSchema(verifyReport),
    "verify-line.schema.json": z.toJSONSchema(verifyLine),
    "why.schema.json": z.toJSONSchema(whyReport),
    "why-line.schema.json": z.toJSONSchema(whyLine),
    "usage.schema.json": z.toJSONSchema(usageReport),
    "usage-line.schema.json": z.toJSONSchema(usageLine),
    "plan.schema.json": z.toJSONSchema(planReport),
    "plan-line.schema.json": z.toJSONSchema(planLine),
  };
}
