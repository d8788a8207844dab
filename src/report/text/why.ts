// Why blobs are there, for a person: what each is, the ways up to tags, and what garbage collection would do with it.

import type { BlobReport, CollectionReport, LinkReport, WhyReport } from "../../contract/why.ts";
import { parseDigest } from "../../layout/digest.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { type Page, paragraph, row } from "../../text/page.ts";
import { formatBytes, formatCount, formatNumberOf } from "../../text/quantities.ts";
import { renderTook, renderUnreadable } from "./totals.ts";
import { renderWays } from "./why-paths.ts";

/** Repositories of links, and former tags, that are named. */
const MAX_NAMES = 8;

export function* renderWhyText(report: WhyReport, page: Page): Generator<string> {
  const byDigest = [...groupBy(report.blobs, ({ digest }) => digest)];
  for (const [index, [digest, blobs]] of byDigest.entries()) {
    if (index > 0) yield "\n";
    yield* row(page, 0, [{ text: digest, paint: page.colour.bold }]);
    const known = blobs.filter((blob) => blob.known);
    if (known.length === 0) yield* paragraph(page, nowhere(report, digest), { first: 2, rest: 4 });
    for (const blob of known) yield* renderBlob(page, blob, report.roots.length > 1);
    const others = blobs.length - known.length;
    if (known.length > 0 && others > 0) {
      yield "\n";
      yield* paragraph(page, `Nothing in ${formatNumberOf(others, "other root")} mentions it.`, { first: 2 });
    }
  }
  yield* renderUnreadable(page, report);
  yield "\n";
  yield* renderTook(page, report);
}

function nowhere({ roots, unreadable }: WhyReport, digest: string): string {
  const where = roots.map(({ path }) => escapeText(path)).join(", ");
  const stored = parseDigest(digest)?.algorithm === "sha256" ? "" : " (blobs are stored under sha256)";
  const unread = unreadable.length > 0 ? "; but not all could be read" : "";
  return `in no store, link, tag or manifest of ${where}${stored}${unread}`;
}

function* renderBlob(page: Page, blob: BlobReport, isNamed: boolean): Generator<string> {
  yield* paragraph(page, (isNamed ? `${escapeText(blob.root)}: ` : "") + describe(blob), { first: 2, rest: 4 });
  for (const kind of ["revision", "layer"] as const) {
    const links = blob.links.filter((link) => link.kind === kind);
    if (links.length > 0) yield* paragraph(page, `${kind} ${linkWords(links)}`, { first: 2, rest: 4 });
  }
  if (blob.links.length === 0) yield* paragraph(page, "no repository links it", { first: 2 });
  yield "\n";
  yield* paragraph(page, holding(blob), { first: 2, rest: 4 });
  yield* renderWays(page, blob);
  yield* formerTags(page, blob);
  yield* fate(page, blob);
}

/** What garbage collection would do with it. */
function* fate(page: Page, blob: BlobReport): Generator<string> {
  const { plain, deleteUntagged } = blob.garbageCollection;
  if (plain.outcome === "absent" && deleteUntagged.unlinkedIn.length === 0) return;
  yield "\n";
  yield* fates(page, blob);
  if (blob.garbageCollection.seesAborts || plain.outcome === "aborts" || deleteUntagged.outcome === "aborts") return;
  const words = "(whether it aborts before that was not looked at; without --index it is)";
  yield* paragraph(page, words, { first: 2, rest: 4, paint: page.colour.dim });
}

function* fates(page: Page, blob: BlobReport): Generator<string> {
  const { plain, deleteUntagged } = blob.garbageCollection;
  const [without, withOption] = [outcome(plain), outcome(deleteUntagged)];
  const isSame = without === withOption;
  const paint = paintOf(page, blob, plain);
  yield* paragraph(page, `garbage-collect ${without}${isSame ? ", with -m too" : ""}`, { first: 2, rest: 4, paint });
  if (isSame) return;
  const paintWith = paintOf(page, blob, deleteUntagged);
  yield* paragraph(page, `garbage-collect -m ${withOption}`, { first: 2, rest: 4, paint: paintWith });
}

const KINDS = { index: "an index", image: "an image's manifest", schema1: "a schema 1 image's manifest" } as const;

function describe({ kind, stored, bytes, modified }: BlobReport): string {
  const what = kind === null ? "a blob" : KINDS[kind];
  if (stored === null) return "its place in the store could not be read";
  if (!stored) return "not in the store";
  const since = modified === null ? "" : `, in the store since ${modified.slice(0, 16).replace("T", " ")} UTC`;
  return `${what} of ${formatBytes(bytes ?? 0)}${since}`;
}

function linkWords(links: readonly LinkReport[]): string {
  const names = links.slice(0, MAX_NAMES).map(({ repository, place, target }) => {
    const suffix = target === place ? "" : target === null ? " (malformed)" : ` (${place} holds ${target})`;
    return escapeText(repository) + suffix;
  });
  const rest = links.length > MAX_NAMES ? ` … and ${formatCount(links.length - MAX_NAMES)} more` : "";
  return `${links.length === 1 ? "link" : "links"} in ${names.join(", ")}${rest}`;
}

function holding({ heldBy, tags, references }: BlobReport): string {
  if (heldBy === "tag") {
    const repositories = new Set(tags.map(({ repository }) => repository)).size;
    const verb = tags.length === 1 ? "needs" : "need";
    const where = formatNumberOf(repositories, "repository", "repositories");
    return `${formatNumberOf(tags.length, "tag")} in ${where} ${verb} it:`;
  }
  if (heldBy === "untagged-manifest") {
    return references.length > 0
      ? "no tag needs it, only manifests without a tag:"
      : "no tag and no manifest needs it; its revision link alone keeps it";
  }
  if (heldBy === "layer-link")
    return "nothing references it: only layer links hold it, and garbage collection ignores those";
  return "nothing references it";
}

function* formerTags(page: Page, { formerTags }: BlobReport): Generator<string> {
  if (formerTags.length === 0) return;
  const names = formerTags.slice(0, MAX_NAMES).map(({ repository, tag }) => escapeText(`${repository}:${tag}`));
  const rest = formerTags.length > MAX_NAMES ? ` … and ${formatCount(formerTags.length - MAX_NAMES)} more` : "";
  yield* paragraph(page, `once named by ${names.join(", ")}${rest}`, { first: 2, rest: 4, paint: page.colour.dim });
}

function outcome({ outcome, unlinkedIn, abort }: CollectionReport): string {
  const names = unlinkedIn.slice(0, MAX_NAMES).map((name) => escapeText(name));
  const others = unlinkedIn.length > names.length ? ` and ${formatCount(unlinkedIn.length - names.length)} more` : "";
  const unlinks = names.length > 0 ? `its revision link in ${names.join(", ")}${others}` : "";
  switch (outcome) {
    case "kept":
      return unlinks === "" ? "keeps it" : `keeps its data, but deletes ${unlinks}`;
    case "deleted":
      return unlinks === "" ? "deletes it" : `deletes it, and ${unlinks}`;
    case "aborts": {
      const where = `aborts before it deletes any blob, at ${escapeText(abort?.path ?? "")}`;
      return unlinks === "" ? where : `${where}, but after it deletes ${unlinks}`;
    }
    case "absent":
      return unlinks === "" ? "has nothing of it to delete" : `deletes ${unlinks}`;
  }
}

function paintOf(page: Page, { heldBy }: BlobReport, { outcome, unlinkedIn }: CollectionReport) {
  const harms = heldBy === "tag" && (outcome === "deleted" || unlinkedIn.length > 0);
  return harms ? page.colour.red : undefined;
}
