// A plan for a person: what becomes of the broken images, what mends them in the order in which it is best done, and last,
// nearest to the prompt, how to begin.

import type { PlanReport } from "../../contract/plan.ts";
import { shellQuote } from "../../recovery/shell-text.ts";
import { isScripted, type RebuildStep } from "../../recovery/steps.ts";
import { more, type Page, paragraph, row } from "../../text/page.ts";
import { formatCount, formatNumberOf } from "../../text/quantities.ts";
import { type NamePrefix, namePrefix } from "./finding.ts";
import { renderMends, renderPushes, renderTidying } from "./plan-steps.ts";
import { renderTook, renderUnreadable, rootRow } from "./totals.ts";

const MAX_REBUILDS = 20;
/** A path that a shell reads as it is written. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

export function* renderPlanText(report: PlanReport, page: Page): Generator<string> {
  const prefix = namePrefix(report);
  yield* renderVerdict(page, report);
  yield* renderMends(page, report, prefix);
  yield* renderPushes(page, report, prefix);
  yield* renderRebuilds(page, report, prefix);
  yield* renderTidying(page, report, prefix);
  yield* renderLeft(page, report, prefix);
  yield* renderUnreadable(page, report);
  yield* renderBeginning(page, report);
  yield "\n";
  for (const root of report.roots) yield* rootRow(page, "Planned", root, report.roots.length > 1);
  yield* renderTook(page, report);
}

function* renderVerdict(page: Page, { summary, steps, verdict }: PlanReport): Generator<string> {
  const { red, yellow, green, bold } = page.colour;
  const { brokenTags, fixedByScript, fixedByPush } = summary;
  const lost = brokenTags - fixedByScript - fixedByPush;
  const parts = [
    fixedByScript > 0 ? `${formatCount(fixedByScript)} to be mended from what is on the disk` : "",
    fixedByPush > 0 ? `${formatCount(fixedByPush)} by pushing again` : "",
    lost > 0 ? `${formatCount(lost)} lost` : "",
  ].filter((part) => part !== "");
  const [said, paint] =
    brokenTags > 0
      ? ([`${formatNumberOf(brokenTags, "broken image")}: ${parts.join(", ")}`, red] as const)
      : steps.length > 0
        ? ([`no broken image; ${formatNumberOf(steps.length, "thing")} to tidy up`, yellow] as const)
        : (["nothing to mend", green] as const);
  const incomplete = verdict.includes("incomplete");
  const text = incomplete ? `${said}; incomplete: not everything could be read` : said;
  const colour = incomplete && brokenTags === 0 ? yellow : paint;
  yield* paragraph(page, text, { first: 0, rest: 2, paint: (line) => bold(colour(line)) });
}

function* renderRebuilds(page: Page, { steps }: PlanReport, prefix: NamePrefix): Generator<string> {
  const rebuilds = steps.filter((step): step is RebuildStep => step.kind === "rebuild");
  if (rebuilds.length === 0) return;
  yield "\n";
  yield* paragraph(page, "Lost: build it anew; or delete the tag, if nobody needs it", {
    first: 0,
    rest: 2,
    paint: page.colour.bold,
  });
  for (const { root, repository, tag, reason } of rebuilds.slice(0, MAX_REBUILDS)) {
    yield* row(page, 2, [{ text: `${prefix(root)}${repository}:${tag}`, paint: page.colour.red }]);
    yield* paragraph(page, reason, { first: 4, rest: 6 });
  }
  yield* more(page, 2, rebuilds.length - MAX_REBUILDS);
}

function* renderLeft(page: Page, { left }: PlanReport, prefix: NamePrefix): Generator<string> {
  if (left.length === 0) return;
  yield "\n";
  yield* paragraph(page, "Left as it is", { first: 0, paint: page.colour.bold });
  for (const { root, code, count, reason } of left) {
    const text = `${formatCount(count)} × ${prefix(root)}${code}: ${reason}`;
    yield* paragraph(page, text, { first: 2, rest: 4 });
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
    { text: "# tells what it would do", paint: page.colour.dim },
  ]);
  yield* row(page, 2, [{ text: `sh ${name} --apply` }, { text: "# does it", paint: page.colour.dim }]);
  yield* paragraph(page, `It deletes nothing; what it moves goes to ${quarantine}. A scan afterwards is the proof.`, {
    first: 2,
  });
}

function shellWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : shellQuote(text);
}
