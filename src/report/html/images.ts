// The broken images of a page: by repository, which platforms fail, what is missing, how to fix it.
import { CHECKS } from "../../checks/index.ts";
import { isElsewhere } from "../../contract/cause.ts";
import type { Finding } from "../../contract/finding.ts";
import type { BrokenTagReport, ScanReport } from "../../contract/scan.ts";
import { shortDigest } from "../../layout/digest.ts";
import { groupBy } from "../../text/group-by.ts";
import { formatCount, formatNumberOf, withReadableCounts } from "../../text/quantities.ts";
import { namePrefix } from "../text/finding.ts";
import { html, type Markup, prose } from "./markup.ts";
import { left, section } from "./page.ts";
import type { SortedFindings } from "./sorted-findings.ts";

/** Repositories with their tags, tags of one of them, and repositories that are counted. */
const REPOSITORIES = 25;
const TAGS = 12;
/** Where a cause says what happened, a few examples are enough. */
const EXAMPLES = 4;
const COUNTED = 20;
/** So few repositories need no overview. */
const FEW = 4;

interface Repository {
  readonly name: string;
  readonly images: readonly BrokenTagReport[];
}

/** The repositories with most broken tags first. */
export function brokenRepositories(report: ScanReport): Repository[] {
  const prefix = namePrefix(report);
  const byName = groupBy(report.brokenTags, ({ root, repository }) => prefix(root) + repository);
  return [...byName].map(([name, images]) => ({ name, images })).sort((a, b) => b.images.length - a.images.length);
}

/** The images of which the page says what is missing. */
export function shownImages(report: ScanReport, repositories: readonly Repository[]): BrokenTagReport[] {
  return repositories.slice(0, REPOSITORIES).flatMap(({ images }) => images.slice(0, mostTags(report)));
}

function mostTags({ causes }: ScanReport): number {
  return causes.length > 0 ? EXAMPLES : TAGS;
}

export function imagesSection(
  report: ScanReport,
  repositories: readonly Repository[],
  { reasons }: SortedFindings,
): Markup | undefined {
  if (repositories.length === 0) return undefined;
  const title = `Broken images: ${formatNumberOf(report.brokenTags.length, "tag")} in ${formatNumberOf(repositories.length, "repository", "repositories")}`;
  // Where what seems lost is elsewhere, advice about single images would be wrong.
  if (isElsewhere(report.causes)) return section(title, countTable(report, repositories));
  const shown = repositories.slice(0, REPOSITORIES);
  const overview = repositories.length > FEW ? countTable(report, repositories) : html``;
  const rest = repositories.slice(REPOSITORIES).reduce((sum, { images }) => sum + images.length, 0);
  return section(
    title,
    overview,
    html`${shown.map((repository) => repositoryPart(report, repository, reasons))}`,
    left(rest, "broken tag of another repository", "broken tags of other repositories"),
  );
}

/** How many tags of each repository are broken. */
function countTable({ roots }: ScanReport, repositories: readonly Repository[]): Markup {
  const tags = roots.reduce((sum, { counts }) => sum + counts.tags, 0);
  return html`<div class="wide"><table class="figures">
<caption>Broken tags by repository, of ${formatNumberOf(tags, "tag")} in all</caption>
<thead><tr><th scope="col">Repository</th><th scope="col" class="number">Broken tags</th></tr></thead>
<tbody>
${repositories.slice(0, COUNTED).map(
  ({ name, images }) =>
    html`<tr><th scope="row">${name}</th><td class="number">${formatCount(images.length)}</td></tr>
`,
)}</tbody>
</table></div>
${left(repositories.length - COUNTED, "repository", "repositories")}`;
}

function repositoryPart(report: ScanReport, { name, images }: Repository, reasons: SortedFindings["reasons"]): Markup {
  const rows = images.slice(0, mostTags(report)).map((image) => ({ image, findings: reasons(image) }));
  const remedies = new Set(rows.flatMap(({ findings }) => findings.map(({ remedy }) => remedy)));
  const explained = report.causes.length > 0;
  return html`<h3>${name}: ${formatNumberOf(images.length, "broken tag")}</h3>
<div class="wide"><table class="stacked even">
<thead><tr><th scope="col">Tag</th><th scope="col">Fails on</th><th scope="col">What is wrong</th></tr></thead>
<tbody>
${rows.map(
  ({ image, findings }) =>
    html`<tr><th scope="row">${image.tag}</th><td>${image.platforms.length === 0 ? "every platform" : image.platforms.join(", ")}</td><td>${findings.map(reason)}${image.findings.length > findings.length && html`<div class="quiet">and ${formatCount(image.findings.length - findings.length)} more</div>`}</td></tr>
`,
)}</tbody>
</table></div>
${left(images.length - rows.length, "broken tag of this repository", "broken tags of this repository")}${
  !explained &&
  remedies.size > 0 &&
  html`<ul>${[...remedies].map((remedy) => html`<li>Fix: ${prose(remedy)}</li>`)}</ul>
`
}`;
}

/** What one finding says of its image, in a line. */
function reason({ code, role, platform, digest, severity, message }: Finding): Markup {
  const what = [role ?? CHECKS[code].noun ?? "manifest", platform].filter((word) => word !== undefined).join(" ");
  const tone = severity === "error" ? "bad" : "doubtful";
  return html`<div title="${prose(withReadableCounts(message))}">${what} ${digest !== undefined && html`<code>${shortDigest(digest)}</code> `}<span class="${tone}">${CHECKS[code].label}</span></div>`;
}
