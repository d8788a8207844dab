// The page of usage: the map of each root, then the entries that were asked for.
import type { UsageEntry, UsageReport } from "../../contract/usage.ts";
import { formatBytes, formatCount, formatNumberOf } from "../../text/quantities.ts";
import type { Answer } from "../answers.ts";
import { namePrefix } from "../text/finding.ts";
import { figuresTable } from "./figures-table.ts";
import { unreadableSection } from "./findings.ts";
import { html, type Markup, prose } from "./markup.ts";
import { left, renderPage, section } from "./page.ts";
import { type RootSpace, spaceSection } from "./space.ts";

const ENTRIES = 200;
const REFERRERS = 20;

export function renderUsagePage(report: UsageReport, spaces: readonly RootSpace[]): Iterable<string> {
  const sections = [
    unreadableSection(report.unreadable),
    nextSection(report),
    spaceSection(spaces, { table: report.by === "tag" }),
    leftoversSection(report),
    entriesSection(report),
  ];
  return renderPage({
    answer: answerOf(report),
    report,
    roots: report.roots,
    sections: sections.filter((part) => part !== undefined),
  });
}

function answerOf({ roots, unreadable }: UsageReport): Answer {
  const total = roots.reduce((sum, root) => sum + root.total, 0);
  const reclaimable = roots.reduce((sum, root) => sum + root.reclaimable, 0);
  const words = `${formatBytes(total)} in the store, ${formatBytes(reclaimable)} of it reclaimable`;
  if (unreadable.length === 0) return { words, tone: "good" };
  return {
    words: `${words}; incomplete: ${formatNumberOf(unreadable.length, "place")} could not be read`,
    tone: "doubtful",
  };
}

function nextSection({ roots }: UsageReport): Markup | undefined {
  const root = roots.find(({ kind, reclaimable }) => kind === "authoritative" && reclaimable > 0);
  if (root === undefined) return undefined;
  return section(
    "What to do next",
    html`<p>What of it can be deleted without breaking anything, and how:</p>
<pre>regfsck reclaim ${prose(root.path)}</pre>
`,
  );
}

function leftoversSection({ roots }: UsageReport): Markup | undefined {
  const referrers = roots.flatMap(({ orphanedReferrers }) => orphanedReferrers.entries);
  const emptied = roots.flatMap(({ emptiedRepositories }) => emptiedRepositories);
  if (referrers.length + emptied.length === 0) return undefined;
  const bytes = roots.reduce((sum, { orphanedReferrers }) => sum + orphanedReferrers.bytes, 0);
  return section(
    "Left over",
    referrers.length === 0
      ? html``
      : html`<h3>${formatNumberOf(referrers.length, "signature or other referrer", "signatures and other referrers")} of ${formatBytes(bytes)} whose image is gone</h3>
<ul>${referrers.slice(0, REFERRERS).map(({ repository, tag, digest }) => html`<li><code>${repository}${tag === null ? `@${digest}` : `:${tag}`}</code></li>`)}</ul>
${left(referrers.length - REFERRERS, "referrer")}`,
    emptied.length === 0
      ? html``
      : html`<h3>${formatNumberOf(emptied.length, "repository", "repositories")} with nothing left, still in the catalogue</h3>
<ul>${emptied.slice(0, REFERRERS).map((name) => html`<li><code>${name}</code></li>`)}</ul>
${left(emptied.length - REFERRERS, "repository", "repositories")}`,
  );
}

function entriesSection({ by, entries, allEntries, roots }: UsageReport): Markup | undefined {
  if (entries.length === 0) return undefined;
  const shown = entries.slice(0, ENTRIES);
  const prefix = namePrefix({ roots });
  const name = ({ root, repository, tag }: UsageEntry) =>
    `${prefix(root)}${repository}${tag === undefined ? "" : `:${tag}`}`;
  const rest = allEntries - shown.length;
  return section(
    by === "tag" ? "By tag" : "By repository",
    figuresTable({
      caption: "Unique is what would be free without it",
      of: by === "tag" ? "Tag" : "Repository",
      figures: ["Total", "Unique", "Shared", ...(by === "repository" ? ["Reclaimable", "Tags"] : [])],
      rows: shown.map((entry) => {
        const { total, unique, shared, untagged = 0, tags } = entry;
        const more = tags === undefined ? [] : [formatBytes(untagged), formatCount(tags)];
        return { name: name(entry), figures: [...[total, unique, shared].map(formatBytes), ...more] };
      }),
    }),
    by === "tag" ? left(rest, "tag") : left(rest, "repository", "repositories"),
  );
}
