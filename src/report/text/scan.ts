// The report for a person at a terminal: verdict, broken images, the rest in groups, what could not be read, totals.
import { isElsewhere } from "../../contract/cause.ts";
import type { ScanReport } from "../../contract/scan.ts";
import type { Page } from "../../text/page.ts";
import { type Answer, scanAnswer } from "../answers.ts";
import { outlinesOf } from "../finding-outlines.ts";
import { BreakingFindings, type BrokenReport } from "./breaking-findings.ts";
import { renderCauses } from "./causes.ts";
import { namePrefix } from "./finding.ts";
import { FindingGroups } from "./finding-groups.ts";
import { renderHistory } from "./history.ts";
import { renderBrokenImages } from "./images.ts";
import { acceptedLabel, answerLine, renderAccepted, renderEnd, renderTotals, renderUnreadable } from "./totals.ts";

/** Bounded: however much is found, what is printed stays within a few hundred lines. */
export function* renderScanText(report: ScanReport, page: Page): Generator<string> {
  const sorted = sortFindings(report, page);
  const { rest } = sorted;
  const answer = scanAnswer(report, rest.count("error"));
  let lines = 0;
  for (const part of renderBody(report, page, answer, sorted)) {
    lines += part.split("\n").length - 1;
    yield part;
  }
  yield* renderEnd(page, report, { lines, answer, otherRoot: rest.rootToPlan() });
}

function* renderBody(
  report: ScanReport,
  page: Page,
  answer: Answer,
  { breaking, rest, accepted }: ReturnType<typeof sortFindings>,
): Generator<string> {
  const prefix = namePrefix(report);
  yield* answerLine(page, answer);
  yield* renderCauses(page, report);
  yield* renderTotals(page, report);
  yield* renderHistory(page, report);
  yield* renderBrokenImages(page, report, breaking);
  if (!isElsewhere(report.causes)) yield* rest.render(page, prefix);
  yield* renderUnreadable(page, report);
  yield* rest.renderNotes(page, prefix);
  yield* renderAccepted(page, accepted);
}

/** The findings that break images, and the others in groups. */
export function sortFindings(
  report: BrokenReport,
  page: Page,
): {
  readonly breaking: BreakingFindings;
  readonly rest: FindingGroups;
  /** Those that the configuration accepts and that break no image, counted by what is said of them. */
  readonly accepted: ReadonlyMap<string, number>;
} {
  const breaking = new BreakingFindings(report);
  const rest = new FindingGroups(page);
  const accepted = new Map<string, number>();
  for (const outline of outlinesOf(report.findings)) {
    const finding = outline.isPlain ? undefined : outline.finding();
    if (finding && breaking.add(finding)) continue;
    const label = finding?.accepted && acceptedLabel(finding);
    if (label === undefined) rest.add(outline);
    else accepted.set(label, (accepted.get(label) ?? 0) + 1);
  }
  return { breaking, rest, accepted };
}
