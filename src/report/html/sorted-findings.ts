// The findings of a report as a page needs them: those about the images that it shows, and the others counted, with a few
// examples of each code. Read once, and bounded however many there are.
import {
  FINDING_CODES,
  type Finding,
  type FindingCode,
  type FindingOutline,
  SEVERITIES,
} from "../../contract/finding.ts";
import type { BrokenTagReport, ScanReport } from "../../contract/scan.ts";
import { outlinesOf } from "../finding-outlines.ts";

/** Findings of one broken tag, examples of one code, new findings. */
const REASONS = 4;
const EXAMPLES = 5;
const NEW = 10;

export interface FindingGroup {
  readonly code: FindingCode;
  readonly severity: Finding["severity"];
  readonly count: number;
  readonly examples: readonly Finding[];
}

export interface SortedFindings {
  /** What breaks this image: a few of them. */
  readonly reasons: (image: BrokenTagReport) => readonly Finding[];
  /** What breaks no image and is not accepted, by code and severity as reports list them. */
  readonly groups: readonly FindingGroup[];
  /** How many errors are among those. */
  readonly otherErrors: number;
  /** How many the configuration accepts that break no image. */
  readonly accepted: number;
  /** The first that the last complete run did not know; none where no run is remembered. */
  readonly fresh: readonly Finding[];
}

/** `shown`: the broken images that the page names. */
export function sortFindings(report: ScanReport, shown: readonly BrokenTagReport[]): SortedFindings {
  const breaking = new Set(report.brokenTags.flatMap(({ findings }) => findings));
  const wanted = shown.flatMap(({ findings }) => findings.slice(0, REASONS));
  const known = new Map<string, Finding | undefined>(wanted.map((id) => [id, undefined]));
  const groups = new Map<string, { count: number; examples: Finding[] }>();
  const fresh: Finding[] = [];
  let accepted = 0;
  for (const outline of outlinesOf(report.findings)) {
    const isFresh = () => report.history !== undefined && outline.finding().firstSeen === undefined;
    if (fresh.length < NEW && isFresh()) fresh.push(outline.finding());
    const { id, accepted: isAccepted } = outline.isPlain ? NEITHER : outline.finding();
    if (id !== undefined && known.has(id)) known.set(id, outline.finding());
    if (id !== undefined && breaking.has(id)) continue;
    if (isAccepted) accepted++;
    else note(groups, outline);
  }
  const inOrder = FINDING_CODES.flatMap((code) =>
    SEVERITIES.flatMap((severity) => {
      const group = groups.get(`${code} ${severity}`);
      return group ? [{ code, severity, ...group }] : [];
    }),
  );
  return {
    reasons: ({ findings }) => findings.slice(0, REASONS).flatMap((id) => known.get(id) ?? []),
    groups: inOrder,
    otherErrors: inOrder.reduce((sum, { severity, count }) => sum + (severity === "error" ? count : 0), 0),
    accepted,
    fresh,
  };
}

/** Of what breaks no image and is not accepted: then nobody need know which one it is. */
const NEITHER: Partial<Finding> = {};

function note(groups: Map<string, { count: number; examples: Finding[] }>, outline: FindingOutline): void {
  const key = `${outline.code} ${outline.severity}`;
  const group = groups.get(key) ?? { count: 0, examples: [] };
  groups.set(key, group);
  group.count++;
  if (group.examples.length < EXAMPLES) group.examples.push(outline.finding());
}
