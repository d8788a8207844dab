// A plan for a person: what becomes of the broken images, what fixes them in the order in which it is best done, and last,
// nearest to the prompt, how to begin.
import type { PlanReport } from "../../contract/plan.ts";
import { shellWord } from "../../recovery/shell-text.ts";
import { isScripted, type PlanStep, type PushStep, type RebuildStep, type ScriptedStep } from "../../recovery/steps.ts";
import { groupBy } from "../../text/group-by.ts";
import { columns, digestText, limit, more, type Page, paragraph, pathLine, row, someOf } from "../../text/page.ts";
import { formatBytes, formatCount, formatNumberOf } from "../../text/quantities.ts";
import { renderContent } from "./content.ts";
import { type NamePrefix, namePrefix } from "./finding.ts";
import { renderRestorable, renderRestored, restoredBy } from "./restorable.ts";
import { renderTook, renderUnreadable, rootRow } from "./totals.ts";

const MAX_REBUILDS = 20;

export function* renderPlanText(report: PlanReport, page: Page): Generator<string> {
  const prefix = namePrefix(report);
  yield* renderVerdict(page, report);
  yield* renderFixes(page, report, prefix);
  yield* renderPushes(page, report, prefix);
  yield* renderRebuilds(page, report, prefix);
  yield* renderWaiting(page, report, prefix);
  yield* renderCleaning(page, report, prefix);
  yield* renderRestored(page, report, prefix);
  yield* renderLeft(page, report, prefix);
  yield* renderRestorable(page, report, prefix);
  yield* renderUnreadable(page, report);
  yield* renderBeginning(page, report);
  yield "\n";
  for (const root of report.roots) yield* rootRow(page, "Planned", root, report.roots.length > 1);
  yield* renderContent(page, report);
  yield* renderTook(page, report);
}

function* renderVerdict(page: Page, { summary, steps, verdict }: PlanReport): Generator<string> {
  const { red, yellow, green, bold } = page.colour;
  const { brokenTags, fixedByScript, fixedByPush, fixedByHand } = summary;
  const lost = brokenTags - fixedByScript - fixedByPush - fixedByHand;
  const parts = [
    fixedByScript > 0 ? `${formatCount(fixedByScript)} can be fixed from what is on the disk` : "",
    fixedByPush > 0 ? `${formatCount(fixedByPush)} by pushing again` : "",
    fixedByHand > 0 ? `${formatCount(fixedByHand)} by hand first` : "",
    lost > 0 ? `${formatCount(lost)} lost` : "",
  ].filter((part) => part !== "");
  const [said, paint] =
    brokenTags > 0
      ? ([`${formatNumberOf(brokenTags, "broken tag")}: ${parts.join(", ")}`, red] as const)
      : steps.length > 0
        ? ([`no broken image; ${formatNumberOf(steps.length, "thing")} to clean up`, yellow] as const)
        : (["nothing to fix", green] as const);
  const incomplete = verdict.includes("incomplete");
  const text = incomplete ? `${said}; incomplete: not everything could be read` : said;
  const colour = incomplete && brokenTags === 0 ? yellow : paint;
  yield* paragraph(page, text, { first: 0, rest: 2, paint: (line) => bold(colour(line)) });
}

function* renderRebuilds(page: Page, { steps }: PlanReport, prefix: NamePrefix): Generator<string> {
  const rebuilds = steps.filter((step): step is RebuildStep => step.kind === "rebuild");
  if (rebuilds.length === 0) return;
  yield "\n";
  yield* paragraph(page, "Lost: rebuild the image, or delete the tag if nobody needs it", {
    first: 0,
    rest: 2,
    paint: page.colour.bold,
  });
  for (const { root, repository, tag, reason } of rebuilds.slice(0, limit(page, MAX_REBUILDS))) {
    yield* row(page, 2, [{ text: `${prefix(root)}${repository}:${tag}`, paint: page.colour.red }]);
    yield* paragraph(page, reason, { first: 4, rest: 6 });
  }
  yield* more(page, 2, rebuilds.length - limit(page, MAX_REBUILDS));
}

/** Images that wait for what only people may do. */
function* renderWaiting(page: Page, { roots }: PlanReport, prefix: NamePrefix): Generator<string> {
  const images = roots.flatMap(({ name, fixedByHand }) => fixedByHand.map((image) => prefix(name) + image));
  if (images.length === 0) return;
  yield* heading(page, "These wait for what the script must not touch: see what is left as it is, then plan again");
  yield* paragraph(page, someOf(page, images, MAX_IMAGES), { first: 2, rest: 4, paint: page.colour.red });
}

function* renderLeft(page: Page, { left }: PlanReport, prefix: NamePrefix): Generator<string> {
  if (left.length === 0) return;
  yield "\n";
  yield* paragraph(page, "Left as it is", { first: 0, paint: page.colour.bold });
  for (const { root, code, count, reason } of left) {
    const text = `${formatCount(count)} × ${prefix(root)}${code}: ${reason}`;
    yield* paragraph(page, text, { first: 2, rest: 4, keep: true });
  }
}

function* renderBeginning(page: Page, { script, quarantine, steps, dryRun }: PlanReport): Generator<string> {
  if (!steps.some(isScripted)) return;
  yield "\n";
  if (script === null) {
    const text = "To begin: --script FILE writes a shell script that does what needs no client; read it, then run it.";
    yield* paragraph(page, text, { first: 0, rest: 2, paint: page.colour.bold });
    return;
  }
  const name = shellWord(script);
  const begin = `To begin: ${dryRun ? "without --dry-run the script is written; " : ""}read the script, stop the registry, then`;
  yield* paragraph(page, begin, { first: 0, rest: 2, paint: page.colour.bold });
  yield* row(page, 2, [
    { text: `sh ${name}`, pad: name.length + 11 },
    { text: "# shows what it would do", paint: page.colour.dim },
  ]);
  yield* row(page, 2, [{ text: `sh ${name} --apply` }, { text: "# does it", paint: page.colour.dim }]);
  yield* paragraph(page, `It deletes nothing; what it moves goes to ${quarantine}. A scan afterwards is the proof.`, {
    first: 2,
  });
}

/** Groups of steps shown, steps shown of each, images named of each. */
const MAX_GROUPS = 20;
const MAX_STEPS = 10;
const MAX_CLEANING = 3;
const MAX_IMAGES = 5;

/** What the script does for images, by the images that it does it for. */
export function* renderFixes(page: Page, report: PlanReport, prefix: NamePrefix): Generator<string> {
  const fixing = report.steps.filter(isScripted).filter(({ affects }) => affects.length > 0);
  if (fixing.length === 0) return;
  const keysOf = (list: "fixedByScript" | "fixedByHand") =>
    new Set(report.roots.flatMap((root) => root[list].map((image) => `${root.name} ${image}`)));
  const fates = { done: keysOf("fixedByScript"), waiting: keysOf("fixedByHand") };
  const title = report.script === null ? "A script can fix this from what is on the disk" : "The script fixes this";
  yield* heading(page, title);
  const groups = [...groupBy(fixing, imagesKey)];
  for (const [, steps] of groups.slice(0, limit(page, MAX_GROUPS))) {
    yield* imagesOf(page, steps[0]!, prefix);
    yield* renderWorth(page, steps[0]!, fates);
    for (const [message, same] of groupBy(steps, ({ message }) => message)) {
      yield* paragraph(page, message, { first: 4, rest: 6 });
      yield* paths(page, 6, same, MAX_STEPS, prefix);
    }
  }
  yield* more(page, 2, groups.length - limit(page, MAX_GROUPS));
}

/** Images by root and name: what the script does fix, and what waits for people. */
interface Fates {
  readonly done: ReadonlySet<string>;
  readonly waiting: ReadonlySet<string>;
}

/** Says where the script alone does not fix an image. */
function* renderWorth(page: Page, { root, affects, fixes }: PlanStep, fates: Fates): Generator<string> {
  const open = affects.filter((image) => !fates.done.has(`${root} ${image}`));
  if (open.length === 0) return;
  const waiting = open.filter((image) => fates.waiting.has(`${root} ${image}`)).length;
  const lost = open.filter((image) => !fixes.includes(image)).length - waiting;
  const what =
    waiting === open.length
      ? "more has to be fixed by hand"
      : lost + waiting === 0
        ? "a push has to follow"
        : lost === open.length
          ? "they are lost anyway"
          : "not enough alone";
  const whose = open.length === affects.length ? "" : `for ${someOf(page, open, MAX_IMAGES)} `;
  const text = open.length === 1 ? what.replace("they are", "it is") : what;
  yield* paragraph(page, whose + text, { first: 4, rest: 6, paint: page.colour.yellow });
}

export function* renderPushes(page: Page, { steps }: PlanReport, prefix: NamePrefix): Generator<string> {
  const pushes = steps.filter((step): step is PushStep => step.kind === "push");
  if (pushes.length === 0) return;
  yield* heading(page, "Clients have to push this again, byte for byte as it was");
  const order =
    `${steps.some(isScripted) ? "Run the script first: a push never repairs a damaged file. Then restart" : "First restart"} the ` +
    "registry: as long as it remembers a blob that is gone, it answers clients that it still has it.";
  yield* paragraph(page, order, { first: 2, paint: page.colour.dim });
  const groups = [...groupBy(pushes, imagesKey)];
  for (const [, group] of groups.slice(0, limit(page, MAX_GROUPS))) {
    yield* imagesOf(page, group[0]!, prefix);
    const shown = group.slice(0, limit(page, MAX_STEPS));
    const platforms = Math.max(...shown.map(({ platform = "" }) => columns(platform)));
    for (const push of shown) {
      yield* row(page, 4, [
        { text: push.platform ?? "", pad: platforms },
        { text: digestText(page, push.digest) },
        { text: contentWords(push) },
      ]);
    }
    yield* more(page, 4, group.length - limit(page, MAX_STEPS));
  }
  yield* more(page, 2, groups.length - limit(page, MAX_GROUPS));
}

function contentWords({ pushManifest, known, blobs }: PushStep): string {
  if (!known) return "manifest, and all that it references";
  const bytes = blobs.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const rest = blobs.length === 0 ? "" : `${formatNumberOf(blobs.length, "blob")}, ${formatBytes(bytes)}`;
  if (!pushManifest) return rest;
  return rest === "" ? "manifest" : `manifest, ${rest}`;
}

/** What no image needs, in few lines. */
export function* renderCleaning(page: Page, { steps, script }: PlanReport, prefix: NamePrefix): Generator<string> {
  const cleaning = steps
    .filter(isScripted)
    .filter((step) => step.affects.length === 0 && restoredBy(step) === undefined);
  if (cleaning.length === 0) return;
  yield* heading(
    page,
    script === null
      ? "A script can also clean up what no image needs"
      : "The script also cleans up what no image needs",
  );
  for (const [message, same] of groupBy(cleaning, ({ message }) => message)) {
    yield* paragraph(page, `${formatCount(same.length)} × ${message}`, { first: 2, rest: 4 });
    yield* paths(page, 4, same, MAX_CLEANING, prefix);
  }
}

function* heading(page: Page, text: string): Generator<string> {
  yield "\n";
  yield* paragraph(page, text, { first: 0, rest: 2, paint: page.colour.bold });
}

function* paths(page: Page, indent: number, steps: readonly ScriptedStep[], most: number, prefix: NamePrefix) {
  const shown = limit(page, most);
  for (const { root, path } of steps.slice(0, shown)) {
    yield* pathLine(page, indent, prefix(root) + path, page.colour.dim);
  }
  yield* more(page, indent, steps.length - shown);
}

function imagesOf(page: Page, { root, affects }: PlanStep, prefix: NamePrefix): Generator<string> {
  return paragraph(
    page,
    someOf(
      page,
      affects.map((image) => prefix(root) + image),
      MAX_IMAGES,
    ),
    {
      first: 2,
      rest: 4,
      paint: page.colour.green,
    },
  );
}

function imagesKey({ root, affects, fixes }: PlanStep): string {
  return JSON.stringify([root, affects, fixes]);
}
