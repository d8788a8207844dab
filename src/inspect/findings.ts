// The findings of inspected roots, put into words one by one as they are read: a million sentences are never held at once.
import { type Found, imageName, severityOf, toFinding } from "../checks/index.ts";
import { FINDING_CODES, type Finding, type Severity } from "../contract/finding.ts";
import type { State } from "../contract/state-file.ts";
import { type Accepted, acceptanceOf } from "./accepted.ts";
import type { RootInspection } from "./inspect-root.ts";

/** How findings are told apart from those of old. */
export interface FindingOptions {
  readonly accepted: readonly Accepted[];
  readonly last: State | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export class Findings implements Iterable<Finding> {
  readonly #inspections: readonly RootInspection[];
  readonly #options: FindingOptions;
  readonly #firstSeen: ReadonlyMap<string, string>;

  constructor(inspections: readonly RootInspection[], options: FindingOptions) {
    this.#inspections = inspections;
    this.#options = options;
    this.#firstSeen = new Map(options.last?.findings.map(({ id, firstSeen }) => [id, firstSeen]));
  }

  /** By code in catalogue order, then root, then as the root lists what they are about. */
  *[Symbol.iterator](): Generator<Finding> {
    for (const [inspection, found] of this.#found()) yield this.#finish(inspection, found);
  }

  /** How many there are of each severity, and of accepted ones, which count nowhere else. */
  count(): Record<Severity | "accepted", number> {
    const counts = { error: 0, warning: 0, info: 0, accepted: 0 };
    for (const [inspection, found] of this.#found()) {
      const isAccepted = this.#options.accepted.length > 0 && this.#finish(inspection, found).accepted;
      const severity = () => severityOf(found.check, found.check.draft(inspection.context, found.found));
      counts[isAccepted ? "accepted" : severity()]++;
    }
    return counts;
  }

  /** The ids of the findings that break images, by root and image. */
  idsByImage(): Map<RootInspection, Map<string, string[]>> {
    const byRoot = new Map(this.#inspections.map((inspection) => [inspection, new Map<string, string[]>()]));
    for (const [inspection, found] of this.#found()) {
      const { tags } = found.check.draft(inspection.context, found.found);
      if (tags.length === 0) continue;
      const { id } = toFinding(inspection.context, found);
      const ids = byRoot.get(inspection) as Map<string, string[]>;
      for (const tag of tags) {
        const image = imageName(inspection.context.graph, tag);
        const known = ids.get(image);
        if (known) known.push(id);
        else ids.set(image, [id]);
      }
    }
    return byRoot;
  }

  *#found(): Generator<[RootInspection, Found]> {
    for (const code of FINDING_CODES) {
      for (const inspection of this.#inspections) {
        for (const found of inspection.findings.of(code)) yield [inspection, found];
      }
    }
  }

  #finish({ context }: RootInspection, found: Found): Finding {
    const finding = toFinding(context, found);
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
