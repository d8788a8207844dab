// The page of a forecast: what breaks, where garbage collection aborts, and each root as it is today and would be after.
import type { BreakReport, ForecastReport, RootForecastReport } from "../../contract/forecast.ts";
import { shortDigest } from "../../layout/digest.ts";
import { groupBy } from "../../text/group-by.ts";
import { formatBytes, formatCount, formatNumberOf } from "../../text/quantities.ts";
import { forecastAnswer, registryBefore } from "../answers.ts";
import { countedTags } from "../counted-tags.ts";
import { harmedImages } from "../gc-words.ts";
import { namePrefix } from "../text/finding.ts";
import { unreadableSection } from "./findings.ts";
import { html, type Markup, prose } from "./markup.ts";
import { left, renderPage, section } from "./page.ts";
import { type RootSpace, spaceSection } from "./space.ts";

/** Rows of a table, names of one list, repositories whose images break, and their tags. */
const ROWS = 50;
const REPOSITORIES = 25;
const TAGS = 8;
const KEEPERS = 10;
const NAMES = 50;
const PARTS = 4;
const ROOTS = 50;

export function renderForecastPage(report: ForecastReport, spaces: readonly RootSpace[]): Iterable<string> {
  const sections = [
    ...beforeAndAfter(report, spaces),
    ...harmSections(report),
    unreadableSection(report.unreadable),
    removedSection(report),
    spaceSection(spaces),
  ];
  return renderPage({
    answer: forecastAnswer(report),
    report,
    roots: report.roots,
    sections: sections.filter((part) => part !== undefined),
  });
}

/** What should not happen: what breaks, what cannot be repaired any more, aborts, refusals, what is not seen. */
export function harmSections(report: ForecastReport): Markup[] {
  const sections = [breaksSection, harmsSection, abortsSection, refusedSection, unseenSection].map((of) => of(report));
  return sections.filter((part) => part !== undefined);
}

function breaksSection(report: ForecastReport): Markup | undefined {
  const breaks = report.roots.flatMap((root) =>
    root.breaks.map((one) => ({ ...one, root: root.name, repository: prefixOf(report, root) + one.repository })),
  );
  if (breaks.length === 0) return undefined;
  const keepers = new Set(breaks.flatMap(({ keptBy }) => keptBy));
  const byRepository = [...groupBy(breaks, ({ repository }) => repository)].sort(([, a], [, b]) => b.length - a.length);
  const rest = byRepository.slice(REPOSITORIES).reduce((sum, [, { length }]) => sum + length, 0);
  return section(
    `Would break: ${countedTags(breaks)}`,
    keepers.size > 0
      ? html`<h3>What would keep them</h3>
<ul>${[...keepers].slice(0, KEEPERS).map((keeper) => html`<li>${prose(keeper)}</li>`)}</ul>
${left(keepers.size - KEEPERS, "way")}`
      : html``,
    html`${byRepository.slice(0, REPOSITORIES).map(([name, images]) => breaksOf(name, images))}`,
    left(rest, "tag of another repository", "tags of other repositories"),
  );
}

function breaksOf(repository: string, images: readonly BreakReport[]): Markup {
  const rows = images.slice(0, TAGS).map(
    ({
      tag,
      phase,
      lost,
    }) => html`<tr><th scope="row">${tag}</th><td>${phase === "delete" ? "the deletes, at once" : "garbage collection"}</td><td>${parts(lost)}</td></tr>
`,
  );
  return html`<h3>${repository}: ${formatNumberOf(images.length, "tag")}</h3>
<div class="wide"><table class="stacked even">
<thead><tr><th scope="col">Tag</th><th scope="col">Broken by</th><th scope="col">What it loses</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
${left(images.length - rows.length, "tag of this repository", "tags of this repository")}`;
}

function parts(lost: BreakReport["lost"]): Markup {
  const shown = lost
    .slice(0, PARTS)
    .map(
      ({ role, platform, digest }) =>
        html`<div>${role}${platform !== undefined && ` ${platform}`} <code>${shortDigest(digest)}</code></div>`,
    );
  const rest = lost.length - PARTS;
  return html`${shown}${rest > 0 && html`<div class="quiet">and ${formatCount(rest)} more</div>`}`;
}

function harmsSection(report: ForecastReport): Markup | undefined {
  const harms = report.roots.flatMap((root) => root.losesRepair.map((harm) => ({ root, harm })));
  if (harms.length === 0) return undefined;
  const rows = harms.slice(0, ROWS).map(({ root, harm }) => {
    const name =
      harm.tag === null ? `${harm.repository}@${shortDigest(harm.digest)}` : `${harm.repository}:${harm.tag}`;
    return html`<tr><th scope="row">${prefixOf(report, root)}${name}</th><td>${parts(harm.taken)}</td></tr>
`;
  });
  return section(
    "Could not be repaired any more",
    html`<p>Garbage collection would delete more of ${harmedImages(harms.map(({ harm }) => harm))}.</p>
<div class="wide"><table class="stacked">
<thead><tr><th scope="col">Image</th><th scope="col">What it loses</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`,
    left(harms.length - ROWS, "image"),
  );
}

function abortsSection(report: ForecastReport): Markup | undefined {
  const aborts = report.roots.flatMap((root) =>
    root.aborts.map(({ path, message }) => ({ at: prefixOf(report, root) + path, message })),
  );
  if (aborts.length === 0) return undefined;
  const items = [...groupBy(aborts.slice(0, NAMES), ({ message }) => message)].map(
    ([message, alike]) => html`<li>${alike.map(({ at }) => html`<div><code>${at}</code></div>`)}${prose(message)}</li>
`,
  );
  return section(
    "Where garbage collection would abort",
    html`<ul>${items}</ul>
`,
    left(aborts.length - NAMES, "place"),
  );
}

function refusedSection(report: ForecastReport): Markup | undefined {
  const refused = report.roots.flatMap((root) =>
    root.refusedTags.map((tag) => ({ name: nameIn(report, root, tag), tag })),
  );
  if (refused.length === 0) return undefined;
  const items = refused.slice(0, NAMES).map(
    ({
      name,
      tag,
    }) => html`<li><code>${name}</code>: ${prose([...new Set(tag.refused.map(({ message }) => message))].join("; "))}</li>
`,
  );
  return section(
    `Registry ${report.registry} refuses what registry ${registryBefore(report.registry)} serves`,
    html`<ul>${items}</ul>
`,
    left(refused.length - NAMES, "tag"),
  );
}

function unseenSection(report: ForecastReport): Markup | undefined {
  const names = report.roots.flatMap((root) => root.unseenRepositories.map((name) => prefixOf(report, root) + name));
  if (names.length === 0) return undefined;
  return section(
    "What garbage collection does not see",
    html`<p>Garbage collection deletes every blob that nothing but these repositories needs:</p>
<ul>${names.slice(0, NAMES).map((name) => html`<li><code>${name}</code></li>`)}</ul>
`,
    left(names.length - NAMES, "repository", "repositories"),
  );
}

/** Each root as it is and as it would be. */
export function beforeAndAfter(report: ForecastReport, spaces: readonly RootSpace[]): Markup[] {
  const byPath = new Map(spaces.map((space) => [space.path, space]));
  const several = report.roots.length > 1;
  const parts = report.roots.slice(0, ROOTS).map((root) => {
    const title =
      several &&
      html`<h3><code>${root.path}</code></h3>
`;
    return html`${title}${rootTable(root, byPath.get(root.path))}`;
  });
  return [section("Before and after garbage collection", ...parts, left(report.roots.length - ROOTS, "root"))];
}

function rootTable(root: RootForecastReport, space: RootSpace | undefined): Markup {
  const { outcome, deletedManifests, deletedBlobs, deletedBytes, deletedLayerLinks, safeToFreeBytes, breaks } = root;
  if (outcome === "aborts") {
    const after =
      deletedManifests.length > 0 && ` after deleting ${formatNumberOf(deletedManifests.length, "manifest")}`;
    return html`<p class="bad">Garbage collection aborts${after}, and frees nothing.</p>
`;
  }
  const removed = new Set([...root.removedTags, ...root.deletes.flatMap(({ tags }) => tags)]).size;
  const rows = [
    ...(space === undefined
      ? []
      : [
          figures("Tags", space.tags, space.tags - removed, formatCount),
          figures("Blobs", space.blobs, space.blobs - deletedBlobs.length, formatCount),
          figures("Space", space.total, space.total - deletedBytes, formatBytes),
        ]),
  ];
  const gone = [
    formatNumberOf(deletedManifests.length, "manifest"),
    formatNumberOf(deletedBlobs.length, "blob"),
    ...(deletedLayerLinks.length > 0 ? [formatNumberOf(deletedLayerLinks.length, "layer link")] : []),
  ];
  const safe =
    safeToFreeBytes === deletedBytes ? "all of it safe to free" : `${formatBytes(safeToFreeBytes)} is safe to free`;
  const table = html`<div class="wide"><table>
<thead><tr><td></td><th scope="col" class="number">Today</th><th scope="col" class="number">After</th><th scope="col">What stays</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`;
  return html`${rows.length > 0 && table}<p>Garbage collection deletes ${gone.join(", ")} and frees ${formatBytes(deletedBytes)}${deletedBytes + safeToFreeBytes > 0 && `; ${safe}`}. It breaks ${breaks.length === 0 ? "no image" : countedTags(breaks.map((one) => ({ root: root.name, ...one })))}.</p>
`;
}

function figures(name: string, before: number, after: number, format: (figure: number) => string): Markup {
  const share = before === 0 ? 1 : after / before;
  const kept = Math.round(share * 200);
  return html`<tr><th scope="row">${name}</th><td class="number">${format(before)}</td><td class="number">${format(after)}</td><td><svg class="bar" viewBox="0 0 200 12" preserveAspectRatio="none" role="img" aria-label="${formatCount(share * 100)} % stays"><rect class="own" width="${kept}" height="12"/>${
    kept < 200 && html`<rect class="reclaimable" x="${kept}" width="${200 - kept}" height="12"/>`
  }</svg></td></tr>
`;
}

/** The tags that clean-up and deletes take, and what is unusual about them. */
export function removedSection(report: ForecastReport): Markup | undefined {
  const removed = report.roots.flatMap((root) =>
    [...root.removedTags, ...root.deletes.flatMap(({ tags }) => tags)].map((image) => prefixOf(report, root) + image),
  );
  if (removed.length === 0) return undefined;
  const warnings = report.roots.flatMap((root) =>
    root.cleanUpWarnings.map(({ image, message }) => ({ image: prefixOf(report, root) + image, message })),
  );
  return section(
    `Tags that go before: ${formatCount(removed.length)}`,
    html`<ul class="names">${removed.slice(0, NAMES).map((image) => html`<li><code>${image}</code></li>`)}</ul>
`,
    left(removed.length - NAMES, "tag"),
    warnings.length > 0
      ? html`<h3>Unusual</h3>
<ul>${warnings.slice(0, NAMES).map(({ image, message }) => html`<li class="doubtful"><code>${image}</code>: ${prose(message)}</li>`)}</ul>
${left(warnings.length - NAMES, "tag")}`
      : html``,
  );
}

function prefixOf(report: ForecastReport, { name }: RootForecastReport): string {
  return namePrefix(report)(name);
}

function nameIn(
  report: ForecastReport,
  root: RootForecastReport,
  { repository, tag }: { readonly repository: string; readonly tag: string },
): string {
  return `${prefixOf(report, root)}${repository}:${tag}`;
}
