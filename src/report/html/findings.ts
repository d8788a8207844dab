// What a scan's page says besides the broken images: causes, what breaks no image, what could not be read, what changed, what was checked.
import { CHECKS } from "../../checks/index.ts";
import { isElsewhere } from "../../contract/cause.ts";
import type { Finding } from "../../contract/finding.ts";
import type { ScanReport, UnreadableReport } from "../../contract/scan.ts";
import { shortDigest } from "../../layout/digest.ts";
import { groupBy } from "../../text/group-by.ts";
import {
  formatBytes,
  formatCount,
  formatNumberOf,
  withReadableCounts,
  withReadableNumbers,
} from "../../text/quantities.ts";
import { errorAdvice } from "../error-advice.ts";
import { type NamePrefix, namePrefix } from "../text/finding.ts";
import { figuresTable } from "./figures-table.ts";
import { html, type Markup, prose } from "./markup.ts";
import { left, section, time } from "./page.ts";
import type { FindingGroup, SortedFindings } from "./sorted-findings.ts";

/** Errors of what could not be read, places of each, resolved findings, roots. */
const ERRORS = 10;
const PLACES = 5;
const RESOLVED = 10;
const ROOTS = 100;
const CAUSES = 100;

/** What happened, and the one thing to do. */
export function causesSection({ causes, roots }: ScanReport): Markup | undefined {
  if (causes.length === 0) return undefined;
  const parts = causes.slice(0, CAUSES).map(
    ({ root, code, message, fix, next, findings, images }) => html`<div class="panel">
<h3>${roots.length > 1 && `${root}: `}${code}</h3>
<p>${prose(withReadableNumbers(message))}</p>
<p class="quiet">Explains ${formatNumberOf(findings, "finding")} and ${formatNumberOf(images, "broken tag")}.</p>
<p><strong>Fix:</strong> ${prose(withReadableNumbers(fix))}</p>
<pre>${prose(next)}</pre>
</div>
`,
  );
  return section("What happened", html`${parts}`, left(causes.length - CAUSES, "cause"));
}

/** What to run next where no cause names it; undefined where nothing is broken. */
export function nextSection({ brokenTags, causes, roots }: ScanReport): Markup | undefined {
  const root = roots.find(({ name }) => name === brokenTags[0]?.root);
  if (root === undefined || causes.length > 0) return undefined;
  return section(
    "What to do next",
    html`<p>How to repair them:</p>
<pre>regfsck plan ${prose(root.path)}</pre>
`,
  );
}

/** What breaks no image today, by code. */
export function otherFindingsSection(report: ScanReport, { groups, accepted }: SortedFindings): Markup | undefined {
  if (isElsewhere(report.causes) || (groups.length === 0 && accepted === 0)) return undefined;
  const prefix = namePrefix(report);
  const row = ({ code, severity, count, examples }: FindingGroup) => {
    const remedies = new Set(severity === "info" ? [] : examples.map(({ remedy }) => remedy));
    return html`<tr><th scope="row" class="word">${code}</th><td class="word ${TONES[severity]}">${severity}</td><td class="number" data-of="Count">${formatCount(count)}</td><td><div>${CHECKS[code].meaning}</div>${examples.map((finding) => place(finding, prefix))}${count > examples.length && html`<div class="quiet">and ${formatCount(count - examples.length)} more</div>`}${[...remedies].map((remedy) => html`<div>Fix: ${prose(remedy)}</div>`)}</td></tr>
`;
  };
  const table = html`<div class="wide"><table class="stacked">
<thead><tr><th scope="col">Code</th><th scope="col" class="word">Severity</th><th scope="col" class="number">Count</th><th scope="col">What it is, and where</th></tr></thead>
<tbody>
${groups.map(row)}</tbody>
</table></div>
`;
  const note = html`<p>${formatNumberOf(accepted, "finding")} more, accepted in the configuration.</p>
`;
  return section(
    "Also found, breaking no image today",
    ...(groups.length > 0 ? [table] : []),
    ...(accepted > 0 ? [note] : []),
  );
}

const TONES = { error: "bad", warning: "doubtful", info: "quiet" } as const;

function place({ root, repository, tag, digest, path, message }: Finding, prefix: NamePrefix): Markup {
  const name = repository === undefined ? path : repository + (tag === undefined ? "" : `:${tag}`);
  const what = digest !== undefined && repository !== undefined && html` ${shortDigest(digest)}`;
  return html`<div title="${prose(withReadableCounts(message))}"><code>${prefix(root) + name}${what}</code></div>`;
}

export function unreadableSection(unreadable: readonly UnreadableReport[]): Markup | undefined {
  if (unreadable.length === 0) return undefined;
  const byError = [...groupBy(unreadable, ({ error }) => error)];
  const parts = byError.slice(0, ERRORS).map(([error, places]) => {
    const advice = errorAdvice(error);
    return html`<h3>${error}</h3>
<ul>${places.slice(0, PLACES).map(({ root, path }) => html`<li><code>${root === "" ? path : `${root}: ${path}`}</code></li>`)}</ul>
${left(places.length - PLACES, "place")}${advice !== undefined && html`<p>Fix: ${advice}</p>\n`}`;
  });
  return section(
    "Could not be read, so nothing is known about it",
    html`${parts}`,
    left(byError.length - ERRORS, "error"),
  );
}

/** What changed since the last complete run, where one is remembered. */
export function historySection({ history, roots }: ScanReport, { fresh }: SortedFindings): Markup | undefined {
  if (history === undefined) return undefined;
  const { since, new: added, persisting, oldest, resolved } = history;
  const known = oldest !== null && html`, the oldest since ${time(oldest)}`;
  const prefix = namePrefix({ roots });
  const where = ({ root, path, affects }: Finding) => prefix(root) + (affects[0] ?? path);
  return section(
    "What changed",
    html`<p>Since the last complete run, ${time(since)}: ${formatNumberOf(added, "new finding")}, ${formatNumberOf(persisting, "known one")}${known}, ${formatCount(resolved.length)} resolved.</p>
`,
    listed(
      "New",
      fresh.map((finding) => ({ code: finding.code, place: where(finding) })),
      added,
      "new finding",
    ),
    listed(
      "Resolved",
      resolved.slice(0, RESOLVED).map(({ code, root, path }) => ({ code, place: prefix(root) + path })),
      resolved.length,
      "resolved finding",
    ),
  );
}

function listed(title: string, items: readonly { code: string; place: string }[], count: number, noun: string): Markup {
  if (count === 0) return html``;
  return html`<h3>${title}</h3>
<ul>${items.map(({ code, place: at }) => html`<li>${code} <code>${at}</code></li>`)}</ul>
${left(count - items.length, noun)}`;
}

/** Which roots, and how much is in them. */
export function checkedSection({ roots, summary }: ScanReport): Markup {
  const table = figuresTable({
    of: "Root",
    figures: ["Repositories", "Tags", "Revisions", "Layer links", "Blobs", "Space"],
    rows: roots.slice(0, ROOTS).map(({ path, kind, counts }) => {
      const { repositories, tags, revisions, layerLinks, blobs, blobBytes } = counts;
      const counted = [repositories, tags, revisions, layerLinks, blobs].map(formatCount);
      const name = html`<code>${path}</code>${kind === "cache" && " (pull-through cache)"}`;
      return { name, figures: [...counted, formatBytes(blobBytes)] };
    }),
  });
  const found = [
    formatNumberOf(summary.brokenTags, "broken tag"),
    formatNumberOf(summary.error, "error"),
    formatNumberOf(summary.warning, "warning"),
    formatNumberOf(summary.info, "note"),
  ];
  return section(
    "What was checked",
    html`${table}${left(roots.length - ROOTS, "root")}<p>Found ${found.join(", ")}.</p>
`,
  );
}
