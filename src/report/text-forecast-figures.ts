// What a forecast says besides the harm: repositories that collection does not see, tags that are removed, figures.
import { escapeText } from "./escape.ts";
import type { ForecastReport, RootForecastReport } from "./forecast-report.ts";
import { formatBytes, formatCount, formatNumberOf } from "./quantities.ts";
import { namePrefix } from "./text-finding.ts";
import { more, type Page, paragraph, row } from "./text-layout.ts";
import { rootRow } from "./text-totals.ts";

/** Names in one list. */
const MAX_NAMES = 8;

/** What is forecast, in words: "collection", "the tag clean-up and collection with -m". */
export function collectionName(roots: readonly RootForecastReport[]): string {
  const cleansUp = roots.some(({ keepTags, removedTags }) => keepTags !== null || removedTags.length > 0);
  const deletesUntagged = roots.some(({ deleteUntagged }) => deleteUntagged);
  return `${cleansUp ? "the tag clean-up and " : ""}collection${deletesUntagged ? " with -m" : ""}`;
}

export function* renderUnseen(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  const names = report.roots.flatMap(({ name, unseenRepositories }) =>
    unseenRepositories.map((repository) => prefix(name) + repository),
  );
  if (names.length === 0) return;
  const count = formatNumberOf(names.length, "repository", "repositories");
  yield "\n";
  yield* paragraph(page, `Collection does not see ${count}, and deletes every blob that nothing else needs:`, {
    first: 0,
    rest: 2,
    paint: page.colour.bold,
  });
  for (const text of names.slice(0, MAX_NAMES)) yield* row(page, 2, [{ text }]);
  yield* more(page, 2, names.length - MAX_NAMES);
}

export function* renderRemovedTags(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  const removed = report.roots.reduce((sum, { removedTags }) => sum + removedTags.length, 0);
  const keepTags = report.roots[0]?.keepTags ?? null;
  if (removed === 0) return;
  const names: string[] = [];
  for (const { name, removedTags } of report.roots) {
    const room = MAX_NAMES - names.length;
    names.push(...removedTags.slice(0, room).map((image) => escapeText(prefix(name) + image)));
  }
  const kept = keepTags === null ? "" : ` (keeping the ${formatCount(keepTags)} newest of each repository)`;
  const rest = removed > names.length ? ` … and ${formatCount(removed - names.length)} more` : "";
  const title = `The tag clean-up removes ${formatNumberOf(removed, "tag")}${kept}`;
  yield "\n";
  yield* paragraph(page, `${title}: ${names.join(", ")}${rest}`, { first: 0, rest: 2 });
}

/** What is marked, deleted and freed, against what a correct collection would free. */
export function* renderFigures(page: Page, { roots }: ForecastReport): Generator<string> {
  for (const root of roots) {
    yield* rootRow(page, "Forecast", root, roots.length > 1);
    yield* paragraph(page, `${figures(root)}; ${correctly(root)}`, { first: 2 });
  }
}

function figures(root: RootForecastReport): string {
  const name = `collection${root.deleteUntagged ? " with -m" : ""}`;
  const manifests = formatNumberOf(root.deletedManifests.length, "manifest");
  if (root.outcome === "aborts") {
    return root.deletedManifests.length === 0
      ? `${name} aborts and deletes nothing`
      : `${name} aborts after deleting ${manifests}, and frees nothing`;
  }
  const blobs = formatNumberOf(root.deletedBlobs.length, "blob");
  const marked = formatNumberOf(root.marked, "blob");
  return `${name} marks ${marked}, deletes ${manifests} and ${blobs}, and frees ${formatBytes(root.deletedBytes)}`;
}

function correctly({ outcome, deletedBytes, correctlyFreedBytes }: RootForecastReport): string {
  const freed =
    outcome === "completes" && deletedBytes === correctlyFreedBytes ? "the same" : formatBytes(correctlyFreedBytes);
  return `one that keeps children and referrers of kept images would free ${freed}`;
}
