// Why blobs are there, as JSON: one object, a reference a line; or an object a line, a blob of a root each.
import { investigatedRootRecord, investigationRecord } from "./investigation-run.ts";
import { unreadableRecord } from "./json-records.ts";
import { listMember, member, objectsMember } from "./json-stream.ts";
import { line } from "./jsonl.ts";
import type { BlobReport, CollectionReport, LinkReport, ReferenceReport, TagReport, WhyReport } from "./why-report.ts";

export function* renderWhyJson(report: WhyReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(investigationRecord(report))) yield member(key, value);
  yield* listMember("roots", report.roots, investigatedRootRecord);
  yield* objectsMember("blobs", report.blobs, blobObject);
  yield* listMember("unreadable", report.unreadable, unreadableRecord, "\n");
  yield "}\n";
}

export function* renderWhyJsonLines(report: WhyReport): Generator<string> {
  for (const root of report.roots) yield line("root", investigatedRootRecord(root));
  for (const blob of report.blobs) {
    yield line("blob", {
      ...headRecord(blob),
      references: blob.references.map(referenceRecord),
      tags: blob.tags.map(tagRecord),
      links: blob.links.map(linkRecord),
      formerTags: blob.formerTags.map(formerTagRecord),
      collection: collectionRecord(blob),
    });
  }
  for (const unreadable of report.unreadable) yield line("unreadable", unreadableRecord(unreadable));
  yield line("summary", investigationRecord(report));
}

function* blobObject(blob: BlobReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(headRecord(blob))) yield member(key, value);
  yield* listMember("references", blob.references, referenceRecord);
  yield* listMember("tags", blob.tags, tagRecord);
  yield* listMember("links", blob.links, linkRecord);
  yield* listMember("formerTags", blob.formerTags, formerTagRecord);
  yield member("collection", collectionRecord(blob), "\n");
  yield "}\n";
}

function headRecord({ root, digest, known, stored, bytes, modified, kind, heldBy }: BlobReport) {
  return { root, digest, known, stored, bytes, modified, kind, heldBy };
}

function referenceRecord({ kind, from, to, platform, repository }: ReferenceReport) {
  return { kind, from, to, platform, repository };
}

function tagRecord({ repository, tag, digest }: TagReport) {
  return { repository, tag, digest };
}

function linkRecord({ repository, kind, place, target }: LinkReport) {
  return { repository, kind, place, target };
}

function formerTagRecord({ repository, tag }: Omit<TagReport, "digest">) {
  return { repository, tag };
}

function collectionRecord({ collection }: BlobReport) {
  return { plain: outcomeRecord(collection.plain), deleteUntagged: outcomeRecord(collection.deleteUntagged) };
}

function outcomeRecord({ outcome, unlinkedIn, abort }: CollectionReport) {
  const place = abort === null ? null : { path: abort.path, reason: abort.reason, message: abort.message };
  return { outcome, unlinkedIn, abort: place };
}
