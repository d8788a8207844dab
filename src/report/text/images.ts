// The broken images of the text report: what each lacks, and how to fix it.
import { isElsewhere } from "../../contract/cause.ts";
import type { Finding } from "../../contract/finding.ts";
import type { BrokenTagReport, ScanReport } from "../../contract/scan.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { digestText, limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatCount, formatNumberOf, withReadableCounts } from "../../text/quantities.ts";
import { lackRows, type NamePrefix, namePrefix } from "./finding.ts";

/** Groups of images shown in full, lines about one of them, names in one list. */
export const MAX_GROUPS = 20;
export const MAX_ROWS = 12;
const MAX_EXAMPLES = 5;
const MAX_NAMES = 8;

/** What a tag is called, and what it names. */
export type NamedImage = Pick<BrokenTagReport, "root" | "repository" | "tag" | "digest">;

/** `findings` holds those that break images, by id. */
export function* renderBrokenImages(
  page: Page,
  report: ScanReport,
  findings: ReadonlyMap<string, Finding>,
): Generator<string> {
  const prefix = namePrefix(report);
  const explained = new Set<string>();
  const groups = groupBrokenImages(report.brokenTags, findings);
  // Where a cause says what happened, a few examples are enough.
  const most = limit(page, report.causes.length > 0 ? MAX_EXAMPLES : MAX_GROUPS);
  const hasOtherPlace = isElsewhere(report.causes);
  if (groups.length > most || hasOtherPlace) {
    yield* countedImages(page, report.brokenTags, "Broken tags by repository:", prefix);
  }
  // Advice about single things would be wrong.
  if (hasOtherPlace) return;
  for (const group of groups.slice(0, most)) {
    yield "\n";
    yield* imagesHeading(page, group.images, prefix);
    yield* reasons(page, group, explained);
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
      { text: `${repository}:${first.tag}`, paint: bold },
      { text: short, paint: dim },
    ]);
    return;
  }
  const repositories = new Set(images.map((image) => prefix(image.root) + image.repository));
  const alone = repositories.size === 1;
  const names = images
    .slice(0, limit(page, MAX_NAMES))
    .map((image) => escapeText(alone ? image.tag : `${prefix(image.root)}${image.repository}:${image.tag}`));
  const others = images.length - limit(page, MAX_NAMES);
  const rest = others > 0 ? ` … and ${formatCount(others)} more` : "";
  const title = alone
    ? `${escapeText(repository)}, ${formatNumberOf(images.length, "tag")}`
    : `${formatNumberOf(images.length, "image")} in ${formatNumberOf(repositories.size, "repository", "repositories")}`;
  yield* paragraph(page, `${title}: ${names.join(", ")}${rest}`, { first: 0, rest: 4, paint: bold });
  if (short !== "") yield* row(page, 4, [{ text: short, paint: dim }]);
}

/** What breaks the images: under each remedy, the findings that it fixes. */
function* reasons(page: Page, { images, findings }: BrokenImageGroup, explained: Set<string>): Generator<string> {
  yield* failingPlatforms(page, images, findings);
  // A tag's path is that of one of the tags only.
  const showPaths = images.length === 1 || findings.every((finding) => finding.tag === undefined);
  for (const [remedy, fixed] of groupBy(findings, (finding) => finding.remedy)) {
    for (const [message, alike] of groupBy(fixed.slice(0, limit(page, MAX_ROWS)), (finding) => finding.message)) {
      yield* lackRows(page, 2, alike, showPaths);
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
function* failingPlatforms(page: Page, images: readonly BrokenTagReport[], findings: readonly Finding[]) {
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
  readonly images: readonly BrokenTagReport[];
  /** What breaks each of them: one finding a cause, those of the first image. */
  readonly findings: readonly Finding[];
}

/** Groups that break most tags first, else in the order of their first image. */
function groupBrokenImages(
  brokenTags: readonly BrokenTagReport[],
  findings: ReadonlyMap<string, Finding>,
): BrokenImageGroup[] {
  const groups = new Map<string, { images: BrokenTagReport[]; findings: readonly Finding[] }>();
  const numbers = new Map<string, number>();
  for (const image of brokenTags) {
    const causes = new Map<number, Finding>();
    for (const id of image.findings) {
      const finding = findings.get(id);
      if (!finding) continue;
      const cause = numberOf(numbers, causeOf(finding));
      if (!causes.has(cause)) causes.set(cause, finding);
    }
    // Images of which no finding says why have only their repository in common.
    const key =
      causes.size > 0 ? [...causes.keys()].sort((a, b) => a - b).join() : `${image.root}\0${image.repository}`;
    const group = groups.get(key);
    if (group) group.images.push(image);
    else groups.set(key, { images: [image], findings: [...causes.values()] });
  }
  return [...groups.values()].sort((a, b) => b.images.length - a.images.length);
}

/** Texts are numbered as they come. */
function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}

/**
 * The damage itself, without the manifest through which it was met: each image that shares a lost layer has a finding
 * of its own about it. What is wrong with a tag lies in the tag's own folder, so there the path is left out instead.
 */
function causeOf({ root, code, repository, tag, digest, role, platform, path, message }: Finding): string {
  const place = tag === undefined ? [path] : [repository, digest];
  return [root, code, role, platform, message, ...place].join("\0");
}
