// What the checks found in one root. A few findings are kept; of many only how many there are, and they are found again as
// they are read, since what they follow from is in memory anyhow: so a million findings take no room of their own.

import { FINDING_CODES, type FindingCode } from "../contract/finding.ts";
import type { Check, Fix } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { CHECKS, type Found } from "./index.ts";

/** So many findings of a check are kept. */
const MOST_KEPT = 10_000;

/** What a check found: how many, and themselves unless they are many. */
interface Kept {
  readonly count: number;
  readonly found: readonly unknown[] | undefined;
}

export class RootFindings implements Iterable<Found> {
  readonly context: CheckContext;
  readonly #kept: ReadonlyMap<Check, Kept>;
  readonly #unsettled: ReadonlySet<string>;

  private constructor(context: CheckContext, kept: ReadonlyMap<Check, Kept>, unsettled: ReadonlySet<string>) {
    this.context = context;
    this.#kept = kept;
    this.#unsettled = unsettled;
  }

  /** Runs all checks that apply to the root. */
  static find(context: CheckContext): RootFindings {
    const kept = new Map<Check, Kept>();
    for (const check of Object.values(CHECKS)) {
      if (context.kind === "authoritative" || check.inCaches) kept.set(check, keep(check.find(context)));
    }
    return new RootFindings(context, kept, new Set());
  }

  /** As of a root of which nothing can be said. */
  static none(context: CheckContext): RootFindings {
    return new RootFindings(context, new Map(), new Set());
  }

  /** In the order of the codes. */
  *[Symbol.iterator](): Generator<Found> {
    for (const code of FINDING_CODES) yield* this.of(code);
  }

  /** Sorted by repository, then as the repository lists them. */
  *of(code: FindingCode): Generator<Found> {
    const check = CHECKS[code];
    for (const found of this.#foundBy(check)) yield { check, found };
  }

  get isEmpty(): boolean {
    return this.total === 0;
  }

  get total(): number {
    let total = 0;
    for (const { count } of this.#kept.values()) total += count;
    return total;
  }

  count(code: FindingCode): number {
    return this.#kept.get(CHECKS[code])?.count ?? 0;
  }

  /** What the repair script fixes at the path of a finding, in this way. */
  *toFix(fix: Fix) {
    for (const check of this.#kept.keys()) {
      if (!check.fix) continue;
      for (const found of this.#foundBy(check)) {
        if (check.fix(this.context, found) === fix) yield check.draft(this.context, found);
      }
    }
  }

  /**
   * What is reported in the end: without the findings at paths that kept changing, and of a root that was not read
   * completely without what can only be said of one that was.
   */
  settled(unsettled: ReadonlySet<string>, isComplete: boolean): RootFindings {
    const told = [...this.#kept].filter(([check]) => !check.needsCompleteRun || isComplete);
    if (unsettled.size === 0) return new RootFindings(this.context, new Map(told), unsettled);
    const context = this.context;
    const settled = told.map(([check, { found }]) => {
      return [check, keep(without(unsettled, context, check, found ?? check.find(context)))] as const;
    });
    return new RootFindings(context, new Map(settled), unsettled);
  }

  #foundBy(check: Check): Iterable<unknown> {
    const kept = this.#kept.get(check);
    if (!kept) return [];
    return kept.found ?? without(this.#unsettled, this.context, check, check.find(this.context));
  }
}

function keep(found: Iterable<unknown>): Kept {
  let count = 0;
  const first: unknown[] = [];
  for (const one of found) {
    count++;
    if (count <= MOST_KEPT) first.push(one);
  }
  return { count, found: count > MOST_KEPT ? undefined : first };
}

function* without(paths: ReadonlySet<string>, context: CheckContext, check: Check, found: Iterable<unknown>) {
  for (const one of found) if (paths.size === 0 || !paths.has(check.draft(context, one).path)) yield one;
}
