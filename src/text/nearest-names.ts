// The names that somebody may have meant who asked for one that is not there.

/** Names shown at most. */
const MOST = 3;

/** The candidates nearest to `name` by edit distance, nearest first; none that differs in more than half of it. */
export function nearestNames(name: string, candidates: Iterable<string>): string[] {
  const limit = Math.max(2, Math.floor(name.length / 2));
  const near: { candidate: string; distance: number }[] = [];
  for (const candidate of candidates) {
    const worst = near.length < MOST ? limit : near.at(-1)!.distance - 1;
    const distance = isTail(candidate, name) || isTail(name, candidate) ? 0 : editDistance(name, candidate, worst);
    if (distance > worst && !(distance === 0 && near.length < MOST)) continue;
    near.push({ candidate, distance });
    near.sort((a, b) => a.distance - b.distance);
    if (near.length > MOST) near.pop();
  }
  return near.map(({ candidate }) => candidate);
}

/** Whether `tail` is the end of a path: what is left of a name without its registry, or without its group. */
function isTail(tail: string, path: string): boolean {
  return path.endsWith(`/${tail}`);
}

/** How many characters must be put in, taken out or replaced; any number over `limit` where it is more than that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      const distance = Math.min(replaced, above[column]! + 1, line[column - 1]! + 1);
      line.push(distance);
      least = Math.min(least, distance);
    }
    if (least > limit) return limit + 1;
    above = line;
  }
  return above[b.length]!;
}
