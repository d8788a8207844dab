// What the checks found in one root, found once: a million findings, each in the few bytes that its check keeps of it.

import { FINDING_CODES, type FindingCode } from "../contract/finding.ts";
import type { Check, Fix } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { CHECKS, type Found } from "./index.ts";

export class RootFindings implements Iterable<Found> {
  readonly context: CheckContext;
  readonly #found: ReadonlyMap<Check, readonly unknown[]>;

  private constructor(context: CheckContext, found: ReadonlyMap<Check, readonly unknown[]>) {
    this.context = context;
    this.#found = found;
  }

  /** Runs all checks that apply to the root, each once. */
  static find(context: CheckContext): RootFindings {
    const found = new Map<Check, readonly unknown[]>();
    for (const check of Object.values(CHECKS)) {
      if (context.kind === "authoritative" || check.inCaches) found.set(check, [...check.find(context)]);
    }
    return new RootFindings(context, found);
  }

  /** As of a root of which nothing can be said. */
  static none(context: CheckContext): RootFindings {
    return new RootFindings(context, new Map());
  }

  /** In the order of the codes. */
  *[Symbol.iterator](): Generator<Found> {
    for (const code of FINDING_CODES) yield* this.of(code);
  }

  /** Sorted by repository, then as the repository lists them. */
  *of(code: FindingCode): Generator<Found> {
    const check = CHECKS[code];
    for (const found of this.#found.get(check) ?? []) yield { check, found };
  }

  get isEmpty(): boolean {
    return [...this.#found.values()].every((found) => found.length === 0);
  }

  count(code: FindingCode): number {
    return this.#found.get(CHECKS[code])?.length ?? 0;
  }

  /** What the repair script fixes at the path of a finding, in this way. */
  *toFix(fix: Fix) {
    for (const [check, all] of this.#found) {
      if (!check.fix) continue;
      for (const found of all) if (check.fix(this.context, found) === fix) yield check.draft(this.context, found);
    }
  }

  /**
   * What is reported in the end: without the findings at paths that kept changing, and of a root that was not read
   * completely without what can only be said of one that was.
   */
  settled(unsettled: ReadonlySet<string>, isComplete: boolean): RootFindings {
    const settled = new Map<Check, readonly unknown[]>();
    for (const [check, all] of this.#found) {
      if (check.needsCompleteRun && !isComplete) continue;
      const isSettled = (found: unknown) => !unsettled.has(check.draft(this.context, found).path);
      settled.set(check, unsettled.size === 0 ? all : all.filter(isSettled));
    }
    return new RootFindings(this.context, settled);
  }
}
