// Verified images as JSON: one object, a part of an image a line; or an object a line, an image each.
import { investigatedRootRecord, investigationRecord } from "./investigation-run.ts";
import { findingRecord, unreadableRecord } from "./json-records.ts";
import { listMember, member, objectsMember } from "./json-stream.ts";
import { line } from "./jsonl.ts";
import type { ImagePartReport, ImageReport, VerifyReport } from "./verify-report.ts";

export function* renderVerifyJson(report: VerifyReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(runRecord(report))) yield member(key, value);
  yield* listMember("roots", report.roots, investigatedRootRecord);
  yield* objectsMember("images", report.images, imageObject);
  yield* listMember("unreadable", report.unreadable, unreadableRecord, "\n");
  yield "}\n";
}

export function* renderVerifyJsonLines(report: VerifyReport): Generator<string> {
  for (const root of report.roots) yield line("root", investigatedRootRecord(root));
  for (const image of report.images) {
    const lists = { parts: image.parts.map(partRecord), findings: image.findings.map(findingRecord) };
    yield line("image", { ...imageRecord(image), ...lists });
  }
  for (const unreadable of report.unreadable) yield line("unreadable", unreadableRecord(unreadable));
  yield line("summary", runRecord(report));
}

function runRecord(report: VerifyReport) {
  const { verdict, contentVerified } = report;
  return { ...investigationRecord(report), verdict, contentVerified };
}

function* imageObject(image: ImageReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(imageRecord(image))) yield member(key, value);
  yield* listMember("parts", image.parts, partRecord);
  yield* listMember("findings", image.findings, findingRecord, "\n");
  yield "}\n";
}

function imageRecord(report: ImageReport) {
  const { root, image, repository, tag, digest, state, platforms, tagStatus, bytes } = report;
  return { root, image, repository, tag, digest, state, platforms, tagStatus, bytes };
}

function partRecord(part: ImagePartReport) {
  const { role, depth, digest, parent, kind, platform, size, bytes, linked, stored, status, answer, trouble } = part;
  const { reached, foreign, repeated } = part;
  const said = { size, bytes, linked, stored, status, answer, trouble };
  return { role, depth, digest, parent, kind, platform, ...said, reached, foreign, repeated };
}
