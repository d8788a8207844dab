// The broken images of the text report: what each lacks, and how to fix it.
import { isElsewhere } from "../../contract/cause.ts";
import type { Finding } from "../../contract/finding.ts";
import type { BrokenTagReport, ScanReport } from "../../contract/scan.ts";
import { shortDigest } from "../../layout/digest.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { digestText, limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatCount, formatNumberOf, withReadableCounts } from "../../text/quantities.ts";
import type { BreakingFindings } from "./breaking-findings.ts";
import { type LabelOf, lackRows, type NamePrefix, namePrefix, storedLabel } from "./finding.ts";

/** Groups of images shown in full, lines about one of them, names in one list. */
export const MAX_GROUPS = 20;
export const MAX_ROWS = 12;
const MAX_EXAMPLES = 5;
const MAX_NAMES = 8;

/** What a tag is called, and what it names; null for an image that was asked for by digest. */
export type NamedImage = Pick<BrokenTagReport, "root" | "repository" | "digest"> & { readonly tag: string | null };

/** A broken image of any report. */
type BrokenImage = NamedImage & Pick<BrokenTagReport, "platforms" | "findings">;

export interface BrokenImages extends Pick<ScanReport, "causes"> {
  readonly roots: readonly unknown[];
  readonly brokenTags: readonly BrokenImage[];
}

export function* renderBrokenImages(
  page: Page,
  report: BrokenImages,
  breaking: BreakingFindings,
  labelOf: LabelOf = storedLabel,
): Generator<string> {
  const prefix = namePrefix(report);
  const explained = new Set<string>();
  const groups = groupBrokenImages(report.brokenTags, breaking);
  // Where a cause says what happened, a few examples are enough.
  const most = limit(page, report.causes.length > 0 ? MAX_EXAMPLES : MAX_GROUPS);
  const hasOtherPlace = isElsewhere(report.causes);
  if (groups.length > most || hasOtherPlace) {
    yield* countedImages(page, report.brokenTags, "Broken tags by repository:", prefix);
  }
  // Advice about single things would be wrong.
  if (hasOtherPlace) return;
  const shown = groups.slice(0, most);
  const findings = breaking.select(shown.flatMap(({ ids }) => ids));
  for (const { images, ids } of shown) {
    yield "\n";
    yield* imagesHeading(page, images, prefix);
    const reasonsOf = ids.flatMap((id) => findings.get(id) ?? []);
    yield* reasons(page, images, reasonsOf, explained, labelOf);
  }
  const rest = groups.slice(most).flatMap(({ images }) => images);
  if (rest.length > 0) yield "\n";
  yield* more(page, 0, rest.length);
}

/** The images of a group by name, with what they name where that is the same; there must be one at least. */
export function* imagesHeading(page: Page, images: readonly NamedImage[], prefix: NamePrefix): Generator<string> {
  const [first] = images as [NamedImage];
  const digest = images.every((image) => image.digest === first.digest) ? first.digest : null;
  const short = digest === null ? "" : digestText(page, digest);
  const { bold, dim } = page.colour;
  const repository = prefix(first.root) + first.repository;
  if (images.length === 1) {
    yield* row(page, 0, [
      { text: `${repository}${tagText(first)}`, paint: bold },
      { text: short, paint: dim },
    ]);
    return;
  }
  const repositories = new Set(images.map((image) => prefix(image.root) + image.repository));
  const alone = repositories.size === 1;
  const names = images
    .slice(0, limit(page, MAX_NAMES))
    .map((image) =>
      escapeText(alone ? (image.tag ?? tagText(image)) : prefix(image.root) + image.repository + tagText(image)),
    );
  const others = images.length - limit(page, MAX_NAMES);
  const rest = others > 0 ? ` … and ${formatCount(others)} more` : "";
  const title = alone
    ? `${escapeText(repository)}, ${formatNumberOf(images.length, "tag")}`
    : `${formatNumberOf(images.length, "image")} in ${formatNumberOf(repositories.size, "repository", "repositories")}`;
  yield* paragraph(page, `${title}: ${names.join(", ")}${rest}`, { first: 0, rest: 4, paint: bold });
  if (short !== "") yield* row(page, 4, [{ text: short, paint: dim }]);
}

/** `:tag`, or `@digest` where there is none. */
function tagText({ tag, digest }: NamedImage): string {
  return tag === null ? `@${shortDigest(digest ?? "")}` : `:${tag}`;
}

/** What breaks the images: under each remedy, the findings that it fixes. */
function* reasons(
  page: Page,
  images: readonly BrokenImage[],
  findings: readonly Finding[],
  explained: Set<string>,
  labelOf: LabelOf,
): Generator<string> {
  yield* failingPlatforms(page, images, findings);
  // A tag's path is that of one of the tags only.
  const showPaths = images.length === 1 || findings.every((finding) => finding.tag === undefined);
  for (const [remedy, fixed] of groupBy(findings, (finding) => finding.remedy)) {
    for (const [message, alike] of groupBy(fixed.slice(0, limit(page, MAX_ROWS)), (finding) => finding.message)) {
      yield* lackRows(page, 2, alike, showPaths, labelOf);
      const explanation = `${alike[0]!.code}: ${escapeText(withReadableCounts(message))}`;
      if (explained.has(explanation)) continue;
      explained.add(explanation);
      yield* paragraph(page, explanation, { first: 4, rest: 6, paint: page.colour.dim });
    }
    yield* more(page, 2, fixed.length - limit(page, MAX_ROWS));
    yield* paragraph(page, `fix: ${escapeText(remedy)}`, { first: 4, rest: 6, paint: page.colour.green });
  }
}

/** Says which platforms fail, where the findings do not. */
function* failingPlatforms(page: Page, images: readonly BrokenImage[], findings: readonly Finding[]) {
  const named = new Set(findings.map((finding) => finding.platform));
  const failing = [...new Set(images.flatMap((image) => image.platforms))];
  if (failing.every((platform) => named.has(platform))) return;
  yield* paragraph(page, `fails on ${failing.map((name) => escapeText(name)).join(", ")}`, { first: 2, rest: 4 });
}

/** Images counted by repository, below a title. */
export function* countedImages(
  page: Page,
  images: readonly NamedImage[],
  title: string,
  prefix: NamePrefix,
): Generator<string> {
  if (images.length === 0) return;
  const counts = groupBy(images, (image) => prefix(image.root) + image.repository);
  const most = [...counts].sort(([, a], [, b]) => b.length - a.length).slice(0, limit(page, MAX_NAMES));
  yield "\n";
  yield* paragraph(page, title, { first: 0, rest: 2, paint: page.colour.bold });
  const others = counts.size - most.length;
  const inOthers = images.length - most.reduce((sum, [, { length }]) => sum + length, 0);
  const pad = Math.max(
    ...[...most.map(([, { length }]) => length), inOthers].map((count) => formatCount(count).length),
  );
  for (const [name, { length }] of most) {
    yield* row(page, 2, [{ text: formatCount(length).padStart(pad) }, { text: name }]);
  }
  if (others > 0) {
    yield* row(page, 2, [
      { text: formatCount(inOthers).padStart(pad) },
      { text: `in ${formatNumberOf(others, "other repository", "other repositories")}` },
    ]);
  }
}

interface BrokenImageGroup {
  /** In the order of the report; never empty. */
  readonly images: readonly BrokenImage[];
  /** Of what breaks each of them: the id of one finding, of the first image. */
  readonly ids: readonly string[];
}

/** Groups that break most tags first, else in the order of their first image. */
function groupBrokenImages(brokenTags: readonly BrokenImage[], breaking: BreakingFindings): BrokenImageGroup[] {
  const groups = new Map<string, BrokenImageGroup & { readonly images: BrokenImage[] }>();
  // One for all: there may be as many groups as images.
  const causes = new Map<number, string>();
  for (const image of brokenTags) {
    causes.clear();
    for (const id of image.findings) {
      const cause = breaking.causeOf(id);
      if (cause !== undefined && !causes.has(cause)) causes.set(cause, id);
    }
    // Images of which no finding says why have only their repository in common.
    const key =
      causes.size > 0 ? [...causes.keys()].sort((a, b) => a - b).join() : `${image.root}\0${image.repository}`;
    const group = groups.get(key);
    if (group) group.images.push(image);
    else groups.set(key, { images: [image], ids: [...causes.values()] });
  }
  return [...groups.values()].sort((a, b) => b.images.length - a.images.length);
}
