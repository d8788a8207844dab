// In which order images are checked where there is not time for all: what was broken, what changed, then whatever was not
// looked at for longest.
import type { ImageTarget } from "./walk.ts";

/** What an earlier run knows of a tag. */
export interface KnownTag {
  readonly digest: string | null;
  /** ISO 8601. */
  readonly checkedAt: string;
  readonly broken: boolean;
}

export interface Choice {
  /** In the order in which they are to be checked. */
  readonly inOrder: readonly ImageTarget[];
  /** Those that a run must not leave out: nothing is known of them as they are now. */
  readonly due: ReadonlySet<ImageTarget>;
}

/**
 * `digestOf` is what a tag names now; undefined where that is not known, which counts as no change. What was checked after `now`
 * (milliseconds since 1970), by a clock that was ahead, goes before all that was checked: it would be the last for as long.
 */
export function chooseOrder(
  targets: readonly ImageTarget[],
  known: (target: ImageTarget) => KnownTag | undefined,
  digestOf: (target: ImageTarget) => string | undefined,
  now: number,
): Choice {
  const latest = new Date(now).toISOString();
  const ranked = targets.map((target) => {
    const before = known(target);
    const digest = digestOf(target);
    const isChanged = before === undefined || (digest !== undefined && digest !== before.digest);
    const checkedAt = before === undefined || before.checkedAt > latest ? "" : before.checkedAt;
    return { target, rank: before?.broken ? 0 : isChanged ? 1 : 2, checkedAt };
  });
  const inOrder = [...ranked].sort((a, b) => a.rank - b.rank || compare(a.checkedAt, b.checkedAt));
  return {
    inOrder: inOrder.map(({ target }) => target),
    due: new Set(ranked.filter(({ rank }) => rank < 2).map(({ target }) => target)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
