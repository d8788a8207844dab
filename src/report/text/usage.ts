// The space of roots for a person: what of it is needed, then a line with a bar for each repository or tag.

import type { RootUsageReport, UsageEntry, UsageReport } from "../../contract/usage.ts";
import { REPOSITORIES } from "../../layout/paths.ts";
import { escapeText } from "../../text/escape.ts";
import { type Cell, columns, digestText, type Page, paragraph, row, someOf } from "../../text/page.ts";
import { formatBytes, formatNumberOf } from "../../text/quantities.ts";
import { namePrefix } from "./finding.ts";
import { renderTook, renderUnreadable, rootRow } from "./totals.ts";

/** Lines shown where --top is not given. */
const MAX_ENTRIES = 20;
const WIDEST_BAR = 24;
const NARROWEST_BAR = 8;

export function* renderUsageText(report: UsageReport, page: Page): Generator<string> {
  for (const [index, root] of report.roots.entries()) {
    if (index > 0) yield "\n";
    yield* renderRoot(page, root, report.roots.length > 1);
  }
  yield* renderEntries(page, report);
  yield* renderUnreadable(page, report);
  yield* renderNext(page, report);
  yield "\n";
  yield* renderTook(page, report);
}

/** The command that goes on from here; to be copied, so neither wrapped nor shortened. */
function* renderNext({ colour }: Page, { roots }: UsageReport): Generator<string> {
  const root = roots.find(({ kind, reclaimable }) => kind === "authoritative" && reclaimable > 0);
  if (root === undefined) return;
  yield `\n${colour.bold(`Next: regfsck reclaim ${escapeText(root.path)}`)} (what of it can be deleted, and how)\n`;
}

function* renderRoot(page: Page, root: RootUsageReport, several: boolean): Generator<string> {
  yield* rootRow(page, "Root", root, several);
  const counted = [
    formatNumberOf(root.repositories, "repository", "repositories"),
    formatNumberOf(root.tags, "tag"),
    `${formatNumberOf(root.blobs, "blob")} of ${formatBytes(root.total)}`,
  ];
  yield* paragraph(page, counted.join(", "), { first: 2 });
  const lines: [bytes: number, what: string][] = [
    [root.tagged, "needed by tags"],
    [root.untagged, "needed only by manifests without a tag"],
    [root.unreferenced, "needed by nothing"],
    [root.reclaimable, "reclaimable (needed by no tag)"],
    [root.uploads, "in unfinished uploads"],
  ];
  const width = Math.max(...lines.map(([bytes]) => formatBytes(bytes).length));
  for (const [bytes, what] of lines) {
    yield* paragraph(page, `${formatBytes(bytes).padStart(width)}  ${what}`, { first: 4, rest: 6 + width });
  }
  yield* renderLeftovers(page, root);
}

/** Names of what is left over. */
const MAX_NAMES = 3;

function* renderLeftovers(page: Page, { orphanedReferrers, emptiedRepositories }: RootUsageReport): Generator<string> {
  const { entries, bytes } = orphanedReferrers;
  const lines = { first: 2, rest: 4, paint: page.colour.yellow };
  if (entries.length > 0) {
    const names = entries.map(({ repository, tag, digest }) => {
      return (
        shortName("", { repository: escapeText(repository), ...(tag !== null && { tag }) }) +
        (tag === null ? `@${digestText(page, digest)}` : "")
      );
    });
    const what = `${formatNumberOf(entries.length, "signature or other referrer", "signatures and other referrers")}`;
    yield* paragraph(
      page,
      `${what} of ${formatBytes(bytes)} whose image is gone: ${someOf(page, names, MAX_NAMES)}`,
      lines,
    );
  }
  if (emptiedRepositories.length > 0) {
    const what = formatNumberOf(emptiedRepositories.length, "repository", "repositories");
    const one = emptiedRepositories.length === 1;
    const text = `${what} with nothing left, still in the catalogue: ${someOf(page, emptiedRepositories.map(escapeText), MAX_NAMES)}; to remove ${one ? "it, delete its directory" : "them, delete their directories"} below ${REPOSITORIES} while the registry is stopped`;
    yield* paragraph(page, text, lines);
  }
}

function* renderEntries(page: Page, report: UsageReport): Generator<string> {
  const { by, top, entries, roots } = report;
  if (entries.length === 0) return;
  const prefix = namePrefix({ roots });
  const shown = entries.slice(0, top ?? MAX_ENTRIES);
  const names = shown.map((entry) => shortName(prefix(entry.root), entry));
  // What of a repository no tag needs is the same for all where none has any.
  const isReclaimable = shown.some(({ untagged = 0 }) => untagged > 0);
  const figuresOf = ({ total, unique, shared, untagged = 0 }: UsageEntry) => [
    ...[total, unique, shared].map(formatBytes),
    ...(isReclaimable ? [formatBytes(untagged)] : []),
  ];
  const table = [
    ["total", "unique", "shared", ...(isReclaimable ? ["reclaimable"] : [])],
    ...shown.map((entry) => figuresOf(entry)),
  ];
  const pads = table[0]!.map((_, column) => most(table.map((cells) => cells[column]!.length)));
  const figures = (cells: readonly string[]): Cell[] => cells.map((text, at) => ({ text: text.padStart(pads[at]!) }));
  const widest = most([...names.map(columns), by.length]);
  const room = page.width - 2 - pads.reduce((sum, pad) => sum + pad + 2, 0) - widest - 2;
  const bar = barOf(shown, Math.min(WIDEST_BAR, room));
  yield "\n";
  yield* row(page, 2, [...figures(table[0]!), { text: by, pad: widest }, { text: room < NARROWEST_BAR ? "" : LEGEND }]);
  for (const [index, entry] of shown.entries()) {
    yield* row(page, 2, [...figures(table[index + 1]!), { text: names[index]!, pad: widest }, { text: bar(entry) }]);
  }
  yield* rest(page, report, shown.length);
}

/** The tag of a signature holds a full digest, of which the beginning says enough. */
function shortName(prefix: string, { repository, tag }: Pick<UsageEntry, "repository" | "tag">): string {
  const name = prefix + repository + (tag === undefined ? "" : `:${tag}`);
  return name.replace(/([0-9a-f]{12})[0-9a-f]{52,}/g, "$1…");
}

const LEGEND = "█ unique ░ shared";

/** The largest of any number of numbers: as arguments of Math.max, too many would end the program. */
function most(numbers: readonly number[]): number {
  return numbers.reduce((largest, number) => Math.max(largest, number), 0);
}

/** The bar of an entry: as long as its total is to the largest, the part that is its own filled. "" where there is no room. */
function barOf(entries: readonly UsageEntry[], room: number): (entry: UsageEntry) => string {
  const largest = most(entries.map(({ total }) => total));
  if (room < NARROWEST_BAR || largest === 0) return () => "";
  return ({ total, unique }) => {
    const length = Math.round((total / largest) * room);
    const filled = Math.min(length, Math.round((unique / largest) * room));
    return "█".repeat(filled) + "░".repeat(length - filled);
  };
}

function* rest(page: Page, { by, allEntries }: UsageReport, shown: number): Generator<string> {
  const left = allEntries - shown;
  if (left <= 0) return;
  const what =
    by === "tag" ? formatNumberOf(left, "more tag") : formatNumberOf(left, "more repository", "more repositories");
  yield* paragraph(page, `… and ${what} (--top ${allEntries} shows all)`, { first: 2, rest: 4 });
}
