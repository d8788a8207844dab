// The page of a gate: the decision and its reasons, what garbage collection would do, and what is broken already.
import type { GateReport } from "../../contract/gate.ts";
import { gateAnswer } from "../answers.ts";
import { contentSection } from "./content.ts";
import { checkedSection, historySection, otherFindingsSection, unreadableSection } from "./findings.ts";
import { beforeAndAfter, harmSections, removedSection } from "./forecast.ts";
import { html, type Markup, prose } from "./markup.ts";
import { left, renderPage, section } from "./page.ts";
import { scanDamage } from "./scan.ts";
import { type RootSpace, spaceSection } from "./space.ts";

const REASONS = 50;

export function renderGatePage(report: GateReport, spaces: readonly RootSpace[]): Iterable<string> {
  const { scan, forecast } = report;
  const { sorted, damage } = scanDamage(scan);
  const sections = [
    reasonsSection(report),
    warningsSection(report),
    ...beforeAndAfter(forecast, spaces),
    ...harmSections(forecast),
    ...damage,
    unreadableSection(scan.unreadable),
    removedSection(forecast),
    historySection(scan, sorted),
    otherFindingsSection(scan, sorted),
    spaceSection(spaces),
    contentSection(scan),
    checkedSection(scan),
  ];
  return renderPage({
    answer: gateAnswer(report),
    report,
    roots: scan.roots,
    sections: sections.filter((part) => part !== undefined),
  });
}

function reasonsSection({ reasons }: GateReport): Markup | undefined {
  if (reasons.length === 0) return undefined;
  return section(
    "Why not",
    html`<ol>${reasons.slice(0, REASONS).map((reason) => html`<li>${prose(reason)}</li>`)}</ol>
`,
    left(reasons.length - REASONS, "reason"),
  );
}

/** What does not speak against going. */
function warningsSection({ warnings }: GateReport): Markup | undefined {
  if (warnings.length === 0) return undefined;
  return section(
    "To be known",
    html`<ul>${warnings.slice(0, REASONS).map((warning) => html`<li>${prose(warning)}</li>`)}</ul>
`,
    left(warnings.length - REASONS, "warning"),
  );
}
