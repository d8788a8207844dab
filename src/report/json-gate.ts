// A gate's report as one JSON object, streamed: the decision, then the scan and the forecast that it rests on.
import type { GateReport } from "./forecast-report.ts";
import { renderJson } from "./json.ts";
import { forecastPieces } from "./json-forecast.ts";
import { fingerprintRecord } from "./json-forecast-records.ts";
import { runRecord } from "./json-records.ts";
import { inChunks, listMember, member, objectMember } from "./json-stream.ts";

export function renderGateJson(report: GateReport): Generator<string> {
  return inChunks(gatePieces(report));
}

function* gatePieces(report: GateReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(runRecord(report))) yield member(key, value);
  yield member("decision", report.decision);
  yield* listMember("reasons", report.reasons, (reason) => reason);
  yield* listMember("fingerprints", report.fingerprints, fingerprintRecord);
  yield* objectMember("scan", renderJson(report.scan));
  yield* objectMember("forecast", forecastPieces(report.forecast), "\n");
  yield "}\n";
}
