// What a forecast and a gate say: the types of their schemas.
import type { ScanReport } from "./report.ts";
import type { forecastReport } from "./schema-forecast.ts";
import type { gateReport } from "./schema-gate.ts";
import type { Infer } from "./schema-parts.ts";

export type ForecastReport = Infer<typeof forecastReport>;
export type RootForecastReport = ForecastReport["roots"][number];
export type AbortReport = RootForecastReport["aborts"][number];
export type BreakReport = RootForecastReport["breaks"][number];
export type LostPartReport = BreakReport["lost"][number];
export type GateReport = Omit<Infer<typeof gateReport>, "scan"> & { readonly scan: ScanReport };
export type Decision = GateReport["decision"];
export type Fingerprint = GateReport["fingerprints"][number];
