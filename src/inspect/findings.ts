// The findings of inspected roots, put into words one by one as they are read: a million sentences are never held at once.
import { CHECKS, type Found, findingId, severityOf, toFinding } from "../checks/index.ts";
import {
  FINDING_CODES,
  type Finding,
  type FindingCode,
  type FindingOutline,
  type FindingTally,
  SEVERITIES,
  type Severity,
} from "../contract/finding.ts";
import type { State } from "../contract/state-file.ts";
import { type Accepted, acceptanceOf } from "./accepted.ts";
import { Outline } from "./finding-outline.ts";
import type { RootInspection } from "./inspect-root.ts";

/** How findings are told apart from those of old. */
export interface FindingOptions {
  readonly accepted: readonly Accepted[];
  readonly last: State | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Called now and then while findings are made. */
  readonly checkMemory?: (() => void) | undefined;
}

/** So many are made before memory is looked at. */
const FINDINGS_AT_ONCE = 1000;

/** Of those checks that find what breaks an image. */
const BREAKING_CODES = FINDING_CODES.filter((code) => !CHECKS[code].breaksNoImage);

export class Findings implements Iterable<Finding> {
  readonly #inspections: readonly RootInspection[];
  readonly #options: FindingOptions;
  readonly #firstSeen: ReadonlyMap<string, string>;
  /** Whether nothing is known of any finding but what the disk says. */
  readonly #isBare: boolean;
  #tally: readonly FindingTally[] | undefined;

  constructor(inspections: readonly RootInspection[], options: FindingOptions) {
    this.#inspections = inspections;
    this.#options = options;
    this.#firstSeen = new Map(options.last?.findings?.map(({ id, firstSeen }) => [id, firstSeen]));
    this.#isBare = options.accepted.length === 0 && this.#firstSeen.size === 0;
  }

  /** By code in catalogue order, then root, then as the root lists what they are about. */
  *[Symbol.iterator](): Generator<Finding> {
    for (const [inspection, found] of this.#found(FINDING_CODES)) yield this.#finish(inspection, found);
  }

  *outlines(): Generator<FindingOutline> {
    const mayBeAccepted = this.#options.accepted.length > 0;
    const finish = (inspection: RootInspection, found: Found) => this.#finish(inspection, found);
    for (const [inspection, found] of this.#found(FINDING_CODES)) {
      yield new Outline(inspection, found, mayBeAccepted, finish);
    }
  }

  /** How many there are of each severity, and of accepted ones, which count nowhere else. */
  count(): Record<Severity | "accepted", number> {
    const counts = { error: 0, warning: 0, info: 0, accepted: 0 };
    for (const { severity, accepted, count } of this.tally()) counts[accepted ? "accepted" : severity] += count;
    return counts;
  }

  /** How many there are of each kind, without the words of any. */
  tally(): readonly FindingTally[] {
    this.#tally ??= [...this.#counted()];
    return this.#tally;
  }

  *#counted(): Generator<FindingTally> {
    const hasAccepted = this.#options.accepted.length > 0;
    for (const code of FINDING_CODES) {
      for (const inspection of this.#inspections) {
        const { findings, context } = inspection;
        const root = inspection.root.name;
        const { severity, variesInSeverity } = CHECKS[code];
        if (!hasAccepted && !variesInSeverity && severity !== "error-if-tagged") {
          yield { root, code, severity, accepted: false, count: findings.count(code) };
          continue;
        }
        const counts = { error: 0, warning: 0, info: 0 };
        const accepted = { error: 0, warning: 0, info: 0 };
        for (const found of findings.of(code)) {
          const isAccepted = hasAccepted && this.#finish(inspection, found).accepted;
          (isAccepted ? accepted : counts)[severityOf(found.check, found.check.draft(context, found.found))]++;
        }
        for (const one of SEVERITIES) {
          yield { root, code, severity: one, accepted: false, count: counts[one] };
          yield { root, code, severity: one, accepted: true, count: accepted[one] };
        }
      }
    }
  }

  /** The ids of the findings that break images, by root and the tag's number. */
  idsByImage(): Map<RootInspection, Map<number, string[]>> {
    const byRoot = new Map(this.#inspections.map((inspection) => [inspection, new Map<number, string[]>()]));
    for (const [inspection, { check, found }] of this.#found(BREAKING_CODES)) {
      const draft = check.draft(inspection.context, found);
      if (draft.tags.length === 0) continue;
      const id = ownText(findingId(inspection.context, check, draft));
      const ids = byRoot.get(inspection) as Map<number, string[]>;
      for (const tag of draft.tags) {
        const known = ids.get(tag);
        if (known) known.push(id);
        else ids.set(tag, [id]);
      }
    }
    return byRoot;
  }

  /** Those with these ids that break images. */
  *select(ids: ReadonlySet<string>): Generator<Finding> {
    for (const [inspection, found] of this.#found(BREAKING_CODES)) {
      const draft = found.check.draft(inspection.context, found.found);
      const isWanted = draft.tags.length > 0 && ids.has(findingId(inspection.context, found.check, draft));
      if (isWanted) yield this.#finish(inspection, found);
    }
  }

  *#found(codes: readonly FindingCode[]): Generator<[RootInspection, Found]> {
    let made = 0;
    for (const code of codes) {
      for (const inspection of this.#inspections) {
        for (const found of inspection.findings.of(code)) {
          if (made++ % FINDINGS_AT_ONCE === 0) this.#options.checkMemory?.();
          yield [inspection, found];
        }
      }
    }
  }

  #finish({ context }: RootInspection, found: Found): Finding {
    const finding = toFinding(context, found);
    if (this.#isBare) return finding;
    const acceptance = acceptanceOf(finding, this.#options.accepted, this.#options.now);
    const firstSeen = this.#firstSeen.get(finding.id);
    if (!acceptance && firstSeen === undefined) return finding;
    return {
      ...finding,
      ...(acceptance && { accepted: { reason: acceptance.reason, until: acceptance.until } }),
      ...(firstSeen !== undefined && { firstSeen }),
    };
  }
}

/** A part of a text that does not keep the rest of it in memory. */
function ownText(part: string): string {
  return Buffer.from(part, "latin1").toString("latin1");
}
