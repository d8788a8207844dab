// The report for a person at a terminal: verdict, broken images, the rest in groups, what could not be read, totals.
import { isElsewhere } from "../../contract/cause.ts";
import type { Finding } from "../../contract/finding.ts";
import type { ScanReport } from "../../contract/scan.ts";
import type { Page } from "../../text/page.ts";
import { renderCauses } from "./causes.ts";
import { namePrefix } from "./finding.ts";
import { FindingGroups } from "./finding-groups.ts";
import { renderHistory } from "./history.ts";
import { renderBrokenImages } from "./images.ts";
import { renderAccepted, renderNext, renderTotals, renderUnreadable, renderVerdict } from "./totals.ts";

/** Bounded: however much is found, what is printed stays within a few hundred lines. */
export function* renderScanText(report: ScanReport, page: Page): Generator<string> {
  const { breaking, rest, accepted } = sortFindings(report, page);
  const prefix = namePrefix(report);
  yield* renderVerdict(page, report, rest.count("error"));
  yield* renderCauses(page, report);
  yield* renderTotals(page, report);
  yield* renderHistory(page, report);
  yield* renderBrokenImages(page, report, breaking);
  if (!isElsewhere(report.causes)) yield* rest.render(page, prefix);
  yield* renderUnreadable(page, report);
  yield* rest.renderNotes(page, prefix);
  yield* renderAccepted(page, accepted);
  yield* renderNext(page, report, rest.rootToPlan());
}

/** The findings that break images, by id, and the others in groups. */
export function sortFindings(
  report: ScanReport,
  page: Page,
): {
  readonly breaking: ReadonlyMap<string, Finding>;
  readonly rest: FindingGroups;
  /** Those that the configuration accepts and that break no image. */
  readonly accepted: readonly Finding[];
} {
  const ids = new Set<string>();
  for (const image of report.brokenTags) for (const id of image.findings) ids.add(id);
  const breaking = new Map<string, Finding>();
  const rest = new FindingGroups(page);
  const accepted: Finding[] = [];
  for (const finding of report.findings) {
    if (ids.has(finding.id)) breaking.set(finding.id, finding);
    else if (finding.accepted) accepted.push(finding);
    else rest.add(finding);
  }
  return { breaking, rest, accepted };
}
