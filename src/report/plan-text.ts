// A plan for a person: what becomes of the broken images, then the steps in the order in which they are best done.
import { shortDigest } from "../layout/digest.ts";
import { isScripted, type PlanStep, type PushStep, type RebuildStep, type ScriptedStep } from "../recovery/steps.ts";
import { groupBy } from "./group-by.ts";
import type { PlanReport } from "./plan-report.ts";
import { formatBytes, formatCount, formatNumberOf } from "./quantities.ts";
import { type NamePrefix, namePrefix } from "./text-finding.ts";
import { more, type Page, paragraph, row } from "./text-layout.ts";
import { renderTook, renderUnreadable, rootRow } from "./text-totals.ts";

/** Steps shown of each kind, and images of each step. */
const MAX_STEPS = 20;
const MAX_IMAGES = 5;

export function* renderPlanText(report: PlanReport, page: Page): Generator<string> {
  yield* renderVerdict(page, report);
  const prefix = namePrefix(report);
  yield* renderScripted(page, report, prefix);
  yield* renderPushes(page, report, prefix);
  yield* renderRebuilds(page, report, prefix);
  yield* renderLeft(page, report);
  yield* renderUnreadable(page, report);
  yield "\n";
  for (const root of report.roots) yield* rootRow(page, "Planned", root, report.roots.length > 1);
  yield* renderTook(page, report);
}

function* renderVerdict(page: Page, { summary, steps, verdict }: PlanReport): Generator<string> {
  const { red, yellow, green, bold } = page.colour;
  const { brokenTags, healedByScript, healedByPush } = summary;
  const incomplete = verdict.includes("incomplete") ? "; incomplete: not everything could be read" : "";
  if (steps.length === 0) {
    const paint = incomplete === "" ? green : yellow;
    yield* paragraph(page, `nothing to mend${incomplete}`, { first: 0, rest: 2, paint: (text) => bold(paint(text)) });
    return;
  }
  if (brokenTags === 0) {
    const said = `no broken image; ${formatNumberOf(steps.length, "step")} to tidy up${incomplete}`;
    yield* paragraph(page, said, { first: 0, rest: 2, paint: (text) => bold(yellow(text)) });
    return;
  }
  const rest = brokenTags - healedByScript - healedByPush;
  const parts = [
    healedByScript > 0 ? `${formatCount(healedByScript)} can be mended from what is there` : "",
    healedByPush > 0 ? `${formatCount(healedByPush)} by pushing again` : "",
    rest > 0 ? `${formatCount(rest)} ${rest === 1 ? "has" : "have"} to be rebuilt` : "",
  ].filter((part) => part !== "");
  const said = `${formatNumberOf(brokenTags, "broken image")}: ${parts.join(", ")}${incomplete}`;
  yield* paragraph(page, said, { first: 0, rest: 2, paint: (text) => bold(red(text)) });
}

function* renderScripted(page: Page, report: PlanReport, prefix: NamePrefix): Generator<string> {
  const scripted = report.steps.filter(isScripted);
  if (scripted.length === 0) return;
  yield "\n";
  const title =
    report.script === null
      ? "A script can do this (--script FILE writes it, for review):"
      : "The script does this, once it is reviewed:";
  yield* paragraph(page, title, { first: 0, rest: 2, paint: page.colour.bold });
  if (report.script !== null) {
    yield* row(page, 2, [{ text: `sh ${report.script}` }, { text: "tells what it would do", paint: page.colour.dim }]);
    yield* row(page, 2, [{ text: `sh ${report.script} --apply` }, { text: "does it", paint: page.colour.dim }]);
  }
  for (const [words, steps] of groupBy(scripted, ({ kind, message }) => `${kind}: ${message}`)) {
    yield* paragraph(page, `${words} (${formatCount(steps.length)})`, { first: 2, rest: 4 });
    for (const step of steps.slice(0, MAX_STEPS)) yield* renderScriptedStep(page, step, prefix);
    yield* more(page, 4, steps.length - MAX_STEPS);
  }
}

function* renderScriptedStep(page: Page, step: ScriptedStep, prefix: NamePrefix): Generator<string> {
  yield* row(page, 4, [{ text: prefix(step.root) + step.path }]);
  yield* renderHeals(page, 6, step);
}

function* renderHeals(page: Page, indent: number, { heals, affects }: PlanStep): Generator<string> {
  if (affects.length === 0) return;
  const [words, images, paint] =
    heals.length > 0
      ? (["heals", heals, page.colour.green] as const)
      : (["is needed, but not enough, for", affects, page.colour.yellow] as const);
  const others = images.length > MAX_IMAGES ? ` and ${formatCount(images.length - MAX_IMAGES)} more` : "";
  const text = `${words} ${images.slice(0, MAX_IMAGES).join(", ")}${others}`;
  yield* paragraph(page, text, { first: indent, rest: indent + 2, paint });
}

function* renderPushes(page: Page, { steps }: PlanReport, prefix: NamePrefix): Generator<string> {
  const pushes = steps.filter((step): step is PushStep => step.kind === "push");
  if (pushes.length === 0) return;
  yield "\n";
  yield* paragraph(page, "Clients have to push this again, byte for byte the same:", {
    first: 0,
    rest: 2,
    paint: page.colour.bold,
  });
  const order =
    "Run the script first: a push never repairs a damaged file. Then restart the registry: while it " +
    "remembers a blob that is gone, it answers a push that the blob exists.";
  yield* paragraph(page, order, { first: 2 });
  for (const push of pushes.slice(0, MAX_STEPS)) {
    const { root, repository, digest, platform, blobs, known, pushManifest } = push;
    yield* row(page, 4, [
      { text: `${prefix(root)}${repository}@${shortDigest(digest)}` },
      { text: platform ?? "" },
      { text: pushManifest ? "the manifest" : "" },
      { text: known ? blobWords(blobs) : "and all that it references" },
    ]);
    yield* renderHeals(page, 6, push);
  }
  yield* more(page, 4, pushes.length - MAX_STEPS);
}

function blobWords(blobs: PushStep["blobs"]): string {
  if (blobs.length === 0) return "";
  const bytes = blobs.reduce((sum, { size }) => sum + (size ?? 0), 0);
  return `${formatNumberOf(blobs.length, "blob")} of ${formatBytes(bytes)}`;
}

function* renderRebuilds(page: Page, { steps }: PlanReport, prefix: NamePrefix): Generator<string> {
  const rebuilds = steps.filter((step): step is RebuildStep => step.kind === "rebuild");
  if (rebuilds.length === 0) return;
  yield "\n";
  yield* paragraph(page, "These have to be built anew; or delete the tag, if nobody needs it:", {
    first: 0,
    rest: 2,
    paint: page.colour.bold,
  });
  for (const { root, repository, tag, message } of rebuilds.slice(0, MAX_STEPS)) {
    yield* row(page, 2, [{ text: `${prefix(root)}${repository}:${tag}` }]);
    yield* paragraph(page, message, { first: 4, rest: 6 });
  }
  yield* more(page, 2, rebuilds.length - MAX_STEPS);
}

function* renderLeft(page: Page, report: PlanReport): Generator<string> {
  if (report.left.length === 0) return;
  const prefix = namePrefix(report);
  yield "\n";
  yield* paragraph(page, "Left as it is:", { first: 0, paint: page.colour.bold });
  for (const { root, code, count, reason } of report.left) {
    const text = `${formatCount(count)} × ${prefix(root)}${code}: ${reason}`;
    yield* paragraph(page, text, { first: 2, rest: 4 });
  }
}
