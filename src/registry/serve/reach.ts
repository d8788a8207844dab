// Sets that grow along chains of manifests: the tags above each, the platforms below each. Whoever pushes chooses how
// deep indexes nest, so a set is kept as what it adds to other sets, and is written out only where it is asked for.

/** A set: its own items, and all that the others hold. Equal ones made of the same parts are one object. */
export interface Reach<Item> {
  readonly id: number;
  readonly own: readonly Item[];
  readonly others: readonly Reach<Item>[];
}

export class ReachSets<Item> {
  readonly empty: Reach<Item> = { id: 0, own: [], others: [] };
  readonly #merged = new Map<string, Reach<Item>>();
  readonly #items = new Map<Reach<Item>, readonly Item[]>();
  #count = 0;

  /** Constant in how much the others hold. */
  union(own: readonly Item[], others: Iterable<Reach<Item>>): Reach<Item> {
    const parts = [...new Set(others)].filter((other) => other !== this.empty).sort((a, b) => a.id - b.id);
    if (own.length > 0) return this.#add(own, parts);
    if (parts.length < 2) return parts[0] ?? this.empty;
    const key = parts.map(({ id }) => id).join(" ");
    const known = this.#merged.get(key);
    if (known) return known;
    const merged = this.#add(own, parts);
    this.#merged.set(key, merged);
    return merged;
  }

  /** Every item, once. The same array each time. */
  items(reach: Reach<Item>): readonly Item[] {
    const known = this.#items.get(reach);
    if (known) return known;
    const items = new Set<Item>();
    const seen = new Set([reach]);
    for (const { own, others } of seen) {
      for (const item of own) items.add(item);
      for (const other of others) seen.add(other);
    }
    const all = [...items];
    this.#items.set(reach, all);
    return all;
  }

  #add(own: readonly Item[], others: readonly Reach<Item>[]): Reach<Item> {
    this.#count += 1;
    return { id: this.#count, own, others };
  }
}
