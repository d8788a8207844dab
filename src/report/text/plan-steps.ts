// The steps of a plan as text, by what they are good for: those that mend images, what clients push, and the rest.

import type { PlanReport } from "../../contract/plan.ts";
import { shortDigest } from "../../layout/digest.ts";
import { isScripted, type PlanStep, type PushStep, type ScriptedStep } from "../../recovery/steps.ts";
import { groupBy } from "../../text/group-by.ts";
import { columns, more, type Page, paragraph, row } from "../../text/page.ts";
import { formatBytes, formatCount, formatNumberOf } from "../../text/quantities.ts";
import type { NamePrefix } from "./finding.ts";

/** Groups of steps shown, steps shown of each, images named of each. */
const MAX_GROUPS = 20;
const MAX_STEPS = 10;
const MAX_TIDYING = 3;
const MAX_IMAGES = 5;

/** What the script does for images, by the images that it does it for. */
export function* renderMends(page: Page, report: PlanReport, prefix: NamePrefix): Generator<string> {
  const mends = report.steps.filter(isScripted).filter(({ affects }) => affects.length > 0);
  if (mends.length === 0) return;
  const healed = new Set(
    report.roots.flatMap(({ name, fixedByScript }) => fixedByScript.map((image) => `${name} ${image}`)),
  );
  const title = report.script === null ? "A script can mend this from what is on the disk" : "The script mends this";
  yield* heading(page, title);
  const groups = [...groupBy(mends, imagesKey)];
  for (const [, steps] of groups.slice(0, MAX_GROUPS)) {
    yield* imagesOf(page, steps[0]!, prefix);
    yield* renderWorth(page, steps[0]!, healed);
    for (const [message, same] of groupBy(steps, ({ message }) => message)) {
      yield* paragraph(page, message, { first: 4, rest: 6 });
      yield* paths(page, 6, same, MAX_STEPS, prefix);
    }
  }
  yield* more(page, 2, groups.length - MAX_GROUPS);
}

/** Says where the script alone does not make an image whole. */
function* renderWorth(page: Page, { root, affects, fixes }: PlanStep, healed: ReadonlySet<string>): Generator<string> {
  const open = affects.filter((image) => !healed.has(`${root} ${image}`));
  if (open.length === 0) return;
  const lost = open.filter((image) => !fixes.includes(image)).length;
  const what =
    lost === 0 ? "a push has to follow" : lost === open.length ? "they are lost all the same" : "not enough alone";
  const whose = open.length === affects.length ? "" : `for ${some(open)} `;
  const text = open.length === 1 ? what.replace("they are", "it is") : what;
  yield* paragraph(page, whose + text, { first: 4, rest: 6, paint: page.colour.yellow });
}

export function* renderPushes(page: Page, { steps }: PlanReport, prefix: NamePrefix): Generator<string> {
  const pushes = steps.filter((step): step is PushStep => step.kind === "push");
  if (pushes.length === 0) return;
  yield* heading(page, "Clients have to push this again, byte for byte as it was");
  const order =
    `${steps.some(isScripted) ? "Run the script first: a push never repairs a damaged file. Then restart" : "First restart"} the ` +
    "registry: as long as it remembers a blob that is gone, it tells clients that it has it.";
  yield* paragraph(page, order, { first: 2, paint: page.colour.dim });
  const groups = [...groupBy(pushes, imagesKey)];
  for (const [, group] of groups.slice(0, MAX_GROUPS)) {
    yield* imagesOf(page, group[0]!, prefix);
    const shown = group.slice(0, MAX_STEPS);
    const platforms = Math.max(...shown.map(({ platform = "" }) => columns(platform)));
    for (const push of shown) {
      yield* row(page, 4, [
        { text: push.platform ?? "", pad: platforms },
        { text: shortDigest(push.digest) },
        { text: contentWords(push) },
      ]);
    }
    yield* more(page, 4, group.length - MAX_STEPS);
  }
  yield* more(page, 2, groups.length - MAX_GROUPS);
}

function contentWords({ pushManifest, known, blobs }: PushStep): string {
  if (!known) return "manifest, and all that it references";
  const bytes = blobs.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const rest = blobs.length === 0 ? "" : `${formatNumberOf(blobs.length, "blob")}, ${formatBytes(bytes)}`;
  if (!pushManifest) return rest;
  return rest === "" ? "manifest" : `manifest, ${rest}`;
}

/** What no image needs, in few lines. */
export function* renderTidying(page: Page, { steps, script }: PlanReport, prefix: NamePrefix): Generator<string> {
  const tidying = steps.filter(isScripted).filter(({ affects }) => affects.length === 0);
  if (tidying.length === 0) return;
  yield* heading(
    page,
    `${script === null ? "A script can tidy" : "The script tidies"} up besides; no image waits for it`,
  );
  for (const [message, same] of groupBy(tidying, ({ message }) => message)) {
    yield* paragraph(page, `${formatCount(same.length)} × ${message}`, { first: 2, rest: 4 });
    yield* paths(page, 4, same, MAX_TIDYING, prefix);
  }
}

function* heading(page: Page, text: string): Generator<string> {
  yield "\n";
  yield* paragraph(page, text, { first: 0, rest: 2, paint: page.colour.bold });
}

function* paths(page: Page, indent: number, steps: readonly ScriptedStep[], limit: number, prefix: NamePrefix) {
  for (const { root, path } of steps.slice(0, limit)) {
    yield* row(page, indent, [{ text: prefix(root) + path, paint: page.colour.dim }]);
  }
  yield* more(page, indent, steps.length - limit);
}

function imagesOf(page: Page, { root, affects }: PlanStep, prefix: NamePrefix): Generator<string> {
  return paragraph(page, some(affects.map((image) => prefix(root) + image)), {
    first: 2,
    rest: 4,
    paint: page.colour.green,
  });
}

function imagesKey({ root, affects, fixes }: PlanStep): string {
  return JSON.stringify([root, affects, fixes]);
}

function some(images: readonly string[]): string {
  const others = images.length - MAX_IMAGES;
  return images.slice(0, MAX_IMAGES).join(", ") + (others > 0 ? ` and ${formatCount(others)} more` : "");
}
