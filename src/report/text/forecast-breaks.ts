// The images that deletes or garbage collection would break: those that lose the same are shown together, with what keeps them.

import type { BreakReport, ForecastReport } from "../../contract/forecast.ts";
import { escapeText } from "../../text/escape.ts";
import { columns, digestText, limit, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatNumberOf } from "../../text/quantities.ts";
import { harmedImages } from "../gc-words.ts";
import { namePrefix } from "./finding.ts";
import { countedImages, imagesHeading, MAX_GROUPS, MAX_ROWS } from "./images.ts";

type BrokenImage = BreakReport & { readonly root: string };

export function* renderBreaks(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  const groups = groupBreaks(report);
  for (const images of groups.slice(0, limit(page, MAX_GROUPS))) {
    yield "\n";
    yield* imagesHeading(page, images, prefix);
    yield* lostRows(page, images[0]!);
    yield* keepers(page, images);
  }
  const rest = groups.slice(limit(page, MAX_GROUPS)).flat();
  const count = formatNumberOf(rest.length, "more tag that would break", "more tags that would break");
  const title = `… and ${count} (--full prints all)`;
  yield* countedImages(page, rest, title, prefix);
}

/** The images that are broken already, or have no tag, and what garbage collection would delete of each. */
export function* renderHarms(page: Page, report: ForecastReport): Generator<string> {
  const prefix = namePrefix(report);
  const harms = report.roots.flatMap(({ name, losesRepair }) => losesRepair.map((harm) => ({ root: name, ...harm })));
  if (harms.length === 0) return;
  yield "\n";
  const isAfterDeletes = report.roots.some(({ deletes }) => deletes.length > 0);
  const subject = isAfterDeletes ? "The deletes and garbage collection" : "Garbage collection";
  yield* paragraph(page, `${subject} would delete more of ${harmedImages(harms)}:`, {
    first: 0,
    rest: 2,
    paint: page.colour.bold,
  });
  for (const { root, repository, tag, digest, taken } of harms.slice(0, limit(page, MAX_ROWS))) {
    const served = taken.filter((part) => part.served).length;
    const parts = [
      served > 0 ? `${formatNumberOf(served, "part")} still served` : "",
      taken.length > served ? `${formatNumberOf(taken.length - served, "part")} that a repair needs` : "",
    ].filter((part) => part !== "");
    const name = `${prefix(root)}${repository}${tag === null ? `@${digestText(page, digest)}` : `:${tag}`}`;
    yield* row(page, 2, [{ text: name }, { text: parts.join(", ") }]);
  }
  yield* more(page, 2, harms.length - limit(page, MAX_ROWS));
  const advice =
    "run `regfsck plan` first: it repairs from what is on this disk now, and cannot after garbage collection";
  yield* paragraph(page, advice, { first: 4, rest: 6, paint: page.colour.green });
}

/** Groups that lose the same and are kept by the same; the largest first, else in the order of their first image. */
function groupBreaks({ roots }: ForecastReport): BrokenImage[][] {
  const groups = new Map<string, BrokenImage[]>();
  for (const { name: root, breaks } of roots) {
    for (const broken of breaks) {
      const lost = broken.lost.flatMap(({ digest, role, platform }) => [digest, role, platform ?? ""]);
      const key = [root, broken.phase, ...lost, ...broken.keptBy].join("\0");
      const group = groups.get(key);
      if (group) group.push({ root, ...broken });
      else groups.set(key, [{ root, ...broken }]);
    }
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

/** What an image loses, part by part in columns. */
function* lostRows(page: Page, { phase, lost }: BrokenImage): Generator<string> {
  const label = phase === "delete" ? "loses at once" : "loses";
  const shown = lost.slice(0, limit(page, MAX_ROWS));
  const roleWidth = Math.max(...shown.map(({ role }) => columns(role)));
  const platformWidth = Math.max(...shown.map(({ platform }) => columns(escapeText(platform ?? ""))));
  for (const [index, { role, platform, digest }] of shown.entries()) {
    yield* row(page, 2, [
      { text: index === 0 ? label : "", pad: label.length, paint: page.colour.red },
      { text: role, pad: roleWidth },
      { text: platform ?? "", pad: platformWidth },
      { text: digestText(page, digest) },
    ]);
  }
  yield* more(page, 2, lost.length - shown.length);
}

function* keepers(page: Page, images: readonly BrokenImage[]): Generator<string> {
  for (const [index, sentence] of images[0]!.keptBy.entries()) {
    const label = index > 0 ? "or" : images.length > 1 ? "to keep them" : "to keep it";
    yield* paragraph(page, `${label}: ${escapeText(sentence)}`, { first: 4, rest: 6, paint: page.colour.green });
  }
}
