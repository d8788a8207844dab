// A gate's report as lines of JSON: those of its scan, those of its forecast, and the decision in the last.
import type { GateReport } from "./forecast-report.ts";
import { fingerprintRecord } from "./json-forecast-records.ts";
import { runRecord } from "./json-records.ts";
import { inChunks } from "./json-stream.ts";
import { line, scanLines } from "./jsonl.ts";
import { forecastLines } from "./jsonl-forecast.ts";

export function renderGateJsonLines(report: GateReport): Generator<string> {
  return inChunks(gateLines(report));
}

/** Only the last line is called `summary`, so that a stream that was cut off is noticed here too. */
function* gateLines(report: GateReport): Generator<string> {
  yield* scanLines(report.scan, { summary: "scanSummary" });
  yield* forecastLines(report.forecast, { root: "forecastRoot", summary: "forecastSummary" });
  const { decision, reasons, fingerprints } = report;
  yield line("summary", {
    ...runRecord(report),
    decision,
    reasons,
    fingerprints: fingerprints.map(fingerprintRecord),
  });
}
