// The JSON Schemas of the reports, as they are published beside the package.
import { z } from "zod";
import { forecastLine, forecastReport } from "./schema-forecast.ts";
import { gateLine, gateReport } from "./schema-gate.ts";
import { scanLine, scanReport } from "./schema-scan.ts";

/** Name of the file -> JSON Schema, dialect 2020-12. */
export function jsonSchemas(): Record<string, object> {
  return {
    "report.schema.json": z.toJSONSchema(scanReport),
    "report-line.schema.json": z.toJSONSchema(scanLine),
    "forecast.schema.json": z.toJSONSchema(forecastReport),
    "forecast-line.schema.json": z.toJSONSchema(forecastLine),
    "gate.schema.json": z.toJSONSchema(gateReport),
    "gate-line.schema.json": z.toJSONSchema(gateLine),
  };
}
