// A forecast as one JSON object, streamed: what a collection deletes can be a million digests.
import type { ForecastReport, RootForecastReport } from "./forecast-report.ts";
import { abortRecord, breakRecord, rootHeadRecord } from "./json-forecast-records.ts";
import { runRecord, unreadableRecord } from "./json-records.ts";
import { inChunks, listMember, member, objectsMember } from "./json-stream.ts";

export function renderForecastJson(report: ForecastReport): Generator<string> {
  return inChunks(forecastPieces(report));
}

export function* forecastPieces(report: ForecastReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(runRecord(report))) yield member(key, value);
  yield* objectsMember("roots", report.roots, rootPieces);
  yield* listMember("unreadable", report.unreadable, unreadableRecord, "\n");
  yield "}\n";
}

function* rootPieces(root: RootForecastReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(rootHeadRecord(root))) yield member(key, value);
  yield* listMember("aborts", root.aborts, abortRecord);
  yield member("marked", root.marked);
  yield* listMember("removedTags", root.removedTags, (image) => image);
  yield* listMember("deletedManifests", root.deletedManifests, (manifest) => manifest);
  yield* listMember("deletedBlobs", root.deletedBlobs, (digest) => digest);
  yield member("deletedBytes", root.deletedBytes);
  yield member("correctlyFreedBytes", root.correctlyFreedBytes);
  yield* listMember("unseenRepositories", root.unseenRepositories, (name) => name);
  yield* listMember("breaks", root.breaks, breakRecord, "\n");
  yield "}\n";
}
