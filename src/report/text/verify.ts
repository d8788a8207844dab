// Verified images for a person: the verdict, each image as a tree with what the registry answers, and how to fix it.

import type { Finding } from "../../contract/finding.ts";
import { namedRegistry } from "../../contract/run.ts";
import type { ImagePartReport, ImageReport, VerifyReport } from "../../contract/verify.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { columns, digestText, limit, more, type Page, paragraph, pathLine, row } from "../../text/page.ts";
import { formatBytes, formatCount, formatDuration, formatNumberOf, withReadableCounts } from "../../text/quantities.ts";
import { evidenceLine } from "./content.ts";
import { type NamePrefix, namePrefix } from "./finding.ts";
import { answerWords, brokenPlatforms, isPartGood, linkWords, partName, storeWords } from "./image-part.ts";
import { renderUnreadable } from "./totals.ts";

/** Of each manifest, parts shown that are good to the last; lines of one tree; platforms; messages and paths of one remedy. */
const MAX_GOOD = 20;
const MAX_ROWS = 200;
const MAX_NAMES = 8;
const MAX_MESSAGES = 6;
const MAX_PATHS = 6;
/** Deeper than this nothing is indented further. */
const DEEPEST = 8;

export function* renderVerifyText(report: VerifyReport, page: Page): Generator<string> {
  const prefix = namePrefix(report);
  for (const [index, image] of report.images.entries()) {
    if (index > 0) yield "\n";
    yield* verdict(page, image, prefix);
    yield* tree(page, image);
    // With --verify-content all of it was read just now.
    if (image.content && !report.contentVerified) {
      yield "\n";
      yield* paragraph(page, evidenceLine(image.content, "Content: verified"), { first: 2, rest: 4 });
    }
    yield* remedies(page, image.findings);
  }
  yield* renderUnreadable(page, report);
  yield* totals(page, report);
}

function* verdict(page: Page, image: ImageReport, prefix: NamePrefix): Generator<string> {
  const { red, green, yellow, bold } = page.colour;
  const name = prefix(image.root) + image.image;
  const platforms = brokenPlatforms(image.parts);
  const some = platforms.slice(0, limit(page, MAX_NAMES)).map((platform) => escapeText(platform));
  const others = platforms.length > some.length ? ` and ${formatCount(platforms.length - some.length)} more` : "";
  const cannot = some.length > 0 ? `: ${some.join(", ")}${others} cannot be pulled` : ": it cannot be pulled";
  const said = {
    pullable: { text: `${name} is pullable`, paint: green },
    broken: { text: `${name} is broken${cannot}`, paint: red },
    unknown: { text: `${name}: not all of it could be read`, paint: yellow },
  }[image.state];
  yield* paragraph(page, said.text, { first: 0, rest: 2, paint: (text) => bold(said.paint(text)) });
}

interface TreeRow {
  readonly name: string;
  readonly cells: readonly string[];
  readonly good: boolean;
  readonly reached: boolean;
}

function* tree(page: Page, image: ImageReport): Generator<string> {
  const shown = partsToShow(image.parts);
  const rows = [...tagRow(page, image), ...shown.map((part) => partRow(page, part, image.tag === null ? 0 : 1))];
  const pads = [0, 1, 2, 3].map((cell) => Math.max(...rows.map(({ cells }) => columns(cells[cell]!))));
  // A platform can be called anything, at any length.
  const width = Math.min(Math.max(...rows.map(({ name }) => columns(name))), Math.floor(page.width / 2));
  const { red, dim } = page.colour;
  yield "\n";
  for (const { name, cells, good, reached } of rows) {
    const [digest, size, link, store, answer] = cells as [string, string, string, string, string];
    const [digestPad, sizePad, linkPad, storePad] = pads as [number, number, number, number];
    yield* row(page, 2, [
      { text: name, pad: width, paint: reached ? undefined : dim },
      { text: digest, pad: digestPad },
      { text: size.padStart(sizePad) },
      { text: link, pad: linkPad },
      { text: store, pad: storePad },
      { text: answer, paint: good ? undefined : red },
    ]);
  }
  yield* more(page, 4, image.parts.length - shown.length);
}

function tagRow(page: Page, { tag, tagStatus, digest }: ImageReport): TreeRow[] {
  if (tag === null) return [];
  const named = digest === null ? "" : digestText(page, digest);
  const cells = [named, "", "", "", tagStatus === null ? "?" : `${tagStatus}`];
  return [{ name: `tag ${tag}`, cells, good: tagStatus === 200, reached: true }];
}

function partRow(page: Page, part: ImagePartReport, above: number): TreeRow {
  const indent = "  ".repeat(Math.min(part.depth + above, DEEPEST));
  const size = part.bytes ?? part.size;
  const again = part.repeated ? " (as above)" : "";
  return {
    name: `${indent}${partName(part)}${again}`,
    cells: [
      digestText(page, part.digest),
      size === null ? "" : formatBytes(size),
      linkWords(part),
      storeWords(part),
      answerWords(part),
    ],
    good: isPartGood(part),
    reached: part.reached,
  };
}

/** All bad parts, with what leads to them; of the good ones the first of each manifest. In the same order. */
function partsToShow(parts: readonly ImagePartReport[]): ImagePartReport[] {
  const needed = new Set<number>();
  const above: number[] = [];
  for (const [index, part] of parts.entries()) {
    above.length = part.depth;
    above.push(index);
    if (!isPartGood(part))
      for (let at = above.length - 1; at >= 0 && !needed.has(above[at]!); at--) needed.add(above[at]!);
  }
  const good = new Map<number, number>();
  const hidden = new Set<number>();
  above.length = 0;
  return parts
    .filter((part, index) => {
      above.length = part.depth;
      above.push(index);
      const parent = above.at(-2) ?? -1;
      if (needed.has(index)) return true;
      const rank = (good.get(parent) ?? 0) + 1;
      good.set(parent, rank);
      if (rank > MAX_GOOD || hidden.has(parent)) hidden.add(index);
      return !hidden.has(index);
    })
    .slice(0, MAX_ROWS);
}

/** Each damage once, under what fixes it. */
function* remedies(page: Page, findings: readonly Finding[]): Generator<string> {
  for (const [remedy, fixed] of groupBy(findings, (finding) => finding.remedy)) {
    yield "\n";
    const messages = [...groupBy(fixed, ({ code, message }) => `${code}: ${message}`)];
    for (const [message, alike] of messages.slice(0, limit(page, MAX_MESSAGES))) {
      const times = alike.length > 1 ? ` (${formatCount(alike.length)} times)` : "";
      yield* paragraph(page, escapeText(withReadableCounts(message)) + times, { first: 2, rest: 4 });
    }
    yield* more(page, 2, messages.length - limit(page, MAX_MESSAGES));
    yield* paragraph(page, `fix: ${escapeText(remedy)}`, { first: 4, rest: 6, paint: page.colour.green });
    for (const { path } of fixed.slice(0, limit(page, MAX_PATHS))) yield* pathLine(page, 6, path, page.colour.dim);
    yield* more(page, 6, fixed.length - limit(page, MAX_PATHS));
  }
}

function* totals(page: Page, report: VerifyReport): Generator<string> {
  const parts = report.images.reduce((sum, image) => sum + image.parts.length, 0);
  const bytes = report.images.reduce((sum, image) => sum + image.bytes, 0);
  const what = report.contentVerified ? "links, sizes and all content" : "links, sizes, manifests and configs";
  const took = formatDuration(report.durationMs);
  const checked = `Checked ${what} of ${formatNumberOf(parts, "part")}, ${formatBytes(bytes)}, in ${took}.`;
  const named = namedRegistry(report.registry);
  const about = named === undefined ? "" : ` Answered for ${named}.`;
  yield "\n";
  yield* paragraph(page, `${checked}${about}${report.dryRun ? " Dry run: nothing was written." : ""}`, {
    first: 0,
    rest: 2,
  });
}
