// The ways from a blob up to tags, as lines: what references it, what references that, and the tags at each.

import type { BlobReport, ReferenceReport, TagReport } from "../../contract/why.ts";
import type { StepKind } from "../../registry/usage/references.ts";
import { escapeText } from "../../text/escape.ts";
import { groupBy } from "../../text/group-by.ts";
import { digestText, limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatCount, formatNumberOf } from "../../text/quantities.ts";

/** Steps shown of one blob; repositories at one manifest, tags in each; how deep is still indented. */
const MAX_STEPS = 40;
const MAX_REPOSITORIES = 6;
const MAX_TAGS = 8;
const DEEPEST = 8;

/** What `to` is to `from`, and what stands for an unnamed platform. */
const WORDS: Record<StepKind, string> = {
  config: "config of image",
  layer: "layer of image",
  child: "child of index",
  subject: "subject of",
  referrer: "refers to",
  alias: "named as",
};

/** What is said of a tag whose image is pullable without the blob. */
const LENIENT = { attestation: "no platform needs it", unwanted: "not a platform wanted there" } as const;

/** The same reference from the same manifest, for all its platforms. */
interface Line {
  readonly kind: StepKind;
  readonly from: string;
  readonly platforms: readonly string[];
  readonly repository: string | undefined;
}

/** Bounded: what leads to a tag comes first. */
export function* renderWays(page: Page, blob: BlobReport): Generator<string> {
  const above = linesByTarget(blob.references);
  const tags = groupBy(blob.tags, ({ digest }) => digest);
  const leading = leadingToTags(blob);
  yield* tagLines(page, 4, tags.get(blob.digest) ?? []);
  const shown = new Set([blob.digest]);
  let left = limit(page, MAX_STEPS);
  let hidden = 0;
  const stack = linesAbove(above, blob.digest, leading, 0);
  for (let step = stack.pop(); step; step = stack.pop()) {
    if (left-- <= 0) {
      hidden++;
      continue;
    }
    const { line, depth } = step;
    const indent = 4 + 2 * Math.min(depth, DEEPEST);
    const again = shown.has(line.from) && (above.has(line.from) || tags.has(line.from));
    const paint = leading.has(line.from) ? undefined : page.colour.dim;
    yield* row(page, indent, [
      { text: words(line), paint },
      { text: digestText(page, line.from), paint },
      { text: again ? "(as above)" : ends(line.from, above, tags), paint: page.colour.dim },
    ]);
    if (again) continue;
    shown.add(line.from);
    yield* tagLines(page, indent + 2, tags.get(line.from) ?? []);
    for (const next of linesAbove(above, line.from, leading, depth + 1)) stack.push(next);
  }
  yield* more(page, 4, hidden);
}

function linesByTarget(references: readonly ReferenceReport[]): Map<string, Line[]> {
  const above = new Map<string, Line[]>();
  for (const [to, steps] of groupBy(references, (reference) => reference.to)) {
    const lines = [...groupBy(steps, ({ kind, from, repository }) => `${kind} ${from} ${repository}`).values()];
    above.set(
      to,
      lines.map((alike) => {
        const { kind, from, repository } = alike[0]!;
        return { kind, from, repository, platforms: alike.flatMap(({ platform }) => platform ?? []) };
      }),
    );
  }
  return above;
}

/** To be taken from the end: the lines above a digest, those that lead to tags last. */
function linesAbove(
  above: ReadonlyMap<string, readonly Line[]>,
  digest: string,
  leading: ReadonlySet<string>,
  depth: number,
): { line: Line; depth: number }[] {
  const lines = above.get(digest) ?? [];
  const ordered = [...lines.filter(({ from }) => leading.has(from)), ...lines.filter(({ from }) => !leading.has(from))];
  return ordered.reverse().map((line) => ({ line, depth }));
}

/** The digests from which a tag is reached. */
function leadingToTags({ references, tags }: BlobReport): Set<string> {
  const below = groupBy(references, ({ from }) => from);
  const leading = new Set(tags.map(({ digest }) => digest));
  for (const digest of leading) for (const { to } of below.get(digest) ?? []) leading.add(to);
  return leading;
}

function words({ kind, platforms, repository }: Line): string {
  const where = repository === undefined ? "" : `in ${repository}, `;
  const platform = platforms.length > 0 ? `${[...new Set(platforms)].join(", ")} ` : "";
  return `${where}${platform}${WORDS[kind]}`;
}

function ends(digest: string, above: ReadonlyMap<string, unknown>, tags: ReadonlyMap<string, unknown>): string {
  return above.has(digest) || tags.has(digest) ? "" : "(no tag)";
}

function* tagLines(page: Page, indent: number, tags: readonly TagReport[]): Generator<string> {
  const byRepository = [...groupBy(tags, ({ repository }) => repository)];
  for (const [repository, alike] of byRepository.slice(0, MAX_REPOSITORIES)) {
    const names = alike
      .slice(0, MAX_TAGS)
      .map(({ tag, notNeeded }) => escapeText(tag) + (notNeeded ? ` (${LENIENT[notNeeded]})` : ""));
    const rest = alike.length > MAX_TAGS ? ` … and ${formatCount(alike.length - MAX_TAGS)} more` : "";
    const text = `${alike.length === 1 ? "tag" : "tags"} of ${escapeText(repository)}: ${names.join(", ")}${rest}`;
    yield* paragraph(page, text, { first: indent, rest: indent + 2, paint: page.colour.bold });
  }
  const others = byRepository.slice(MAX_REPOSITORIES);
  if (others.length === 0) return;
  const count = others.reduce((sum, [, alike]) => sum + alike.length, 0);
  const where = formatNumberOf(others.length, "other repository", "other repositories");
  yield* paragraph(page, `… and ${formatNumberOf(count, "tag")} of ${where} (--format json lists all)`, {
    first: indent,
    rest: indent + 2,
  });
}
