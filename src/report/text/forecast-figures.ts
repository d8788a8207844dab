// What a forecast says besides the harm: repositories that garbage collection does not see, tags that are removed, figures.

import type { ForecastReport, RootForecastReport } from "../../contract/forecast.ts";
import { escapeText } from "../../text/escape.ts";
import { limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatBytes, formatCount, formatList, formatNumberOf } from "../../text/quantities.ts";
import { namePrefix } from "./finding.ts";
import { rootRow } from "./totals.ts";

/** Names in one list. */
const MAX_NAMES = 8;
/** Whoever lets a clean-up run at night wants to see each tag; a report keeps the rest. */
const MAX_REMOVED = 200;
const MAX_WARNINGS = 20;

export function* renderUnseen(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  const names = report.roots.flatMap(({ name, unseenRepositories }) =>
    unseenRepositories.map((repository) => prefix(name) + repository),
  );
  if (names.length === 0) return;
  const count = formatNumberOf(names.length, "repository", "repositories");
  yield "\n";
  yield* paragraph(page, `Garbage collection does not see ${count}, and deletes every blob that nothing else needs:`, {
    first: 0,
    rest: 2,
    paint: page.colour.bold,
  });
  for (const text of names.slice(0, limit(page, MAX_NAMES))) yield* row(page, 2, [{ text }]);
  yield* more(page, 2, names.length - limit(page, MAX_NAMES));
}

export function* renderRemovedTags(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  const removed = report.roots.reduce((sum, { removedTags }) => sum + removedTags.length, 0);
  const keepTags = report.roots[0]?.keepTags ?? null;
  if (removed === 0) return;
  const names: string[] = [];
  for (const { name, removedTags } of report.roots) {
    const room = MAX_REMOVED - names.length;
    names.push(...removedTags.slice(0, room).map((image) => escapeText(prefix(name) + image)));
  }
  const kept =
    keepTags === null ? "" : ` (each repository keeps its ${keepTags === 1 ? "" : `${formatCount(keepTags)} `}newest)`;
  const rest = removed > names.length ? ` … and ${formatCount(removed - names.length)} more` : "";
  const title = `The tag clean-up removes ${formatNumberOf(removed, "tag")}${kept}`;
  yield "\n";
  yield* paragraph(page, `${title}: ${names.join(", ")}${rest}`, { first: 0, rest: 2 });
  const warnings = report.roots.flatMap(({ name, cleanUpWarnings }) =>
    cleanUpWarnings.map(({ image, message }) => `${prefix(name)}${image}: ${message}`),
  );
  for (const warning of warnings.slice(0, limit(page, MAX_WARNINGS))) {
    yield* paragraph(page, escapeText(warning), { first: 2, rest: 4, paint: page.colour.yellow });
  }
  yield* more(page, 2, warnings.length - limit(page, MAX_WARNINGS));
}

/** What is marked, deleted and freed, root by root. */
export function* renderFigures(page: Page, { roots }: ForecastReport): Generator<string> {
  for (const root of roots) {
    yield* rootRow(page, "Forecast", root, roots.length > 1);
    yield* rootFigures(page, root);
  }
}

/** The figures of one root, against what is safe to free. */
export function rootFigures(page: Page, root: RootForecastReport): Generator<string> {
  const { outcome, deletedBytes, safeToFreeBytes } = root;
  const same = outcome === "completes" && deletedBytes === safeToFreeBytes;
  const safe = `; safe to free: ${same ? "the same" : formatBytes(safeToFreeBytes)}`;
  return paragraph(page, figures(root) + (same && deletedBytes === 0 ? "" : safe), { first: 2 });
}

function figures(root: RootForecastReport): string {
  const { deleteUntagged, outcome, marked, deletedManifests, deletedBlobs, deletedBytes, deletedLayerLinks } = root;
  const name = `garbage collection${deleteUntagged ? " with -m" : ""}`;
  const manifests = formatNumberOf(deletedManifests.length, "manifest");
  if (outcome === "aborts") {
    return `${name} aborts${deletedManifests.length === 0 ? "" : ` after deleting ${manifests}`}, and frees nothing`;
  }
  const links = deletedLayerLinks.length === 0 ? [] : [formatNumberOf(deletedLayerLinks.length, "layer link")];
  const taken = formatList([manifests, formatNumberOf(deletedBlobs.length, "blob"), ...links]);
  const deleted =
    deletedManifests.length + deletedBlobs.length + deletedLayerLinks.length === 0
      ? ` and deletes nothing${whyNothing(root)}`
      : `, deletes ${taken}, and frees ${formatBytes(deletedBytes)}`;
  return `${name} marks ${formatNumberOf(marked, "blob")}${deleted}`;
}

/** Why nothing is deleted, and what would have to be deleted first so that something is freed. */
function whyNothing({ deleteUntagged, reclaimable }: RootForecastReport): string {
  if (reclaimable === null) {
    return deleteUntagged
      ? ": every blob belongs to an image that a tag keeps"
      : ": every blob belongs to a manifest that its repository links";
  }
  const { manifests, freedBytes } = reclaimable;
  const why = deleteUntagged ? "" : "it keeps what its repositories link, with a tag or without; ";
  return `: ${why}regfsck reclaim finds ${formatNumberOf(manifests, "manifest")} that no tag needs, and frees ${formatBytes(freedBytes)}`;
}
