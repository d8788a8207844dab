// The page of a scan: answer, causes, broken images, the rest, what changed, space, what was checked.
import type { ScanReport } from "../../contract/scan.ts";
import { scanAnswer } from "../answers.ts";
import { contentSection } from "./content.ts";
import {
  causesSection,
  checkedSection,
  historySection,
  nextSection,
  otherFindingsSection,
  unreadableSection,
} from "./findings.ts";
import { brokenRepositories, imagesSection, shownImages } from "./images.ts";
import type { Markup } from "./markup.ts";
import { renderPage } from "./page.ts";
import { type SortedFindings, sortFindings } from "./sorted-findings.ts";
import { type RootSpace, spaceSection } from "./space.ts";

export function renderScanPage(report: ScanReport, spaces: readonly RootSpace[]): Iterable<string> {
  const { sorted, damage } = scanDamage(report);
  const sections = [
    ...damage,
    unreadableSection(report.unreadable),
    historySection(report, sorted),
    otherFindingsSection(report, sorted),
    spaceSection(spaces),
    contentSection(report),
    checkedSection(report),
  ];
  return renderPage({
    answer: scanAnswer(report, sorted.otherErrors),
    report,
    roots: report.roots,
    sections: sections.filter((part) => part !== undefined),
  });
}

/** The findings, read once, and what is to be seen first of them. */
export function scanDamage(report: ScanReport): {
  readonly sorted: SortedFindings;
  readonly damage: readonly Markup[];
} {
  const repositories = brokenRepositories(report);
  const sorted = sortFindings(report, shownImages(report, repositories));
  const damage = [causesSection(report), imagesSection(report, repositories, sorted), nextSection(report)];
  return { sorted, damage: damage.filter((part) => part !== undefined) };
}
