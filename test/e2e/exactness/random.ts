// Repeatable choices: the same seed gives the same worlds and picks on every machine.

export interface Random {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  /** True in `percent` of 100 calls. */
  chance(percent: number): boolean;
}

/** mulberry32: 32 bits of state are plenty for a few hundred choices a world. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  for (let warmUp = 0; warmUp < 4; warmUp += 1) next();
  const below = (limit: number) => next() % limit;
  return {
    below,
    pick: <T>(items: readonly T[]): T => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
    chance: (percent) => below(100) < percent,
  };
}
