// A manifest that a repository holds, and the tags above it: those that a client pulls it for.
import type { Need } from "./child-needs.ts";
import { type Reach, ReachSets } from "./reach.ts";
import type { Reply } from "./serve.ts";

/** Held by a revision link, a tag, or as an index's child. */
export interface Held {
  readonly digest: number;
  readonly reply: Reply;
  /** The references by which a pull needs it, and the held manifests that these belong to. */
  readonly parents: { readonly held: Held; readonly reference: number }[];
  /** The other references that name it. */
  readonly looseParents: { readonly held: Held; readonly reference: number; readonly need: Need }[];
  readonly tags: number[];
}

/** Those of the manifests that are there only for platforms that are not wanted. */
export function unwantedAmong(all: readonly Held[]): ReadonlySet<Held> {
  const wanted = new Map<Held, Held[]>();
  const unwanted = new Map<Held, Held[]>();
  const note = (below: Map<Held, Held[]>, parent: Held, child: Held) => {
    const known = below.get(parent);
    if (known) known.push(child);
    else below.set(parent, [child]);
  };
  for (const held of all) {
    for (const { held: parent } of held.parents) note(wanted, parent, held);
    for (const { held: parent, need } of held.looseParents) note(need === "unwanted" ? unwanted : wanted, parent, held);
  }
  if (unwanted.size === 0) return new Set();
  const tops = all.filter(
    ({ tags, parents, looseParents }) => tags.length > 0 || parents.length + looseParents.length === 0,
  );
  const needed = reachable(tops, wanted);
  const others = reachable([...unwanted.values()].flat(), wanted);
  return new Set([...others].filter((held) => !needed.has(held)));
}

function reachable(from: readonly Held[], below: ReadonlyMap<Held, readonly Held[]>): Set<Held> {
  const reached = new Set(from);
  for (const held of reached) for (const child of below.get(held) ?? []) reached.add(child);
  return reached;
}

/** The tags at or above each of the manifests that a repository holds. Linear in the references among them. */
export class TagsAbove {
  readonly #sets = new ReachSets<number>();
  readonly #above = new Map<Held, Reach<number>>();
  readonly #sorted = new Map<object, readonly number[]>();

  /** Parents before children. A manifest names its children by what they hash to, so only damage makes loops. */
  constructor(all: readonly Held[]) {
    const waiting = new Map<Held, number>();
    const children = new Map<Held, Held[]>();
    for (const held of all) {
      waiting.set(held, held.parents.length);
      for (const { held: parent } of held.parents) {
        const known = children.get(parent);
        if (known) known.push(held);
        else children.set(parent, [held]);
      }
    }
    const ready = all.filter(({ parents }) => parents.length === 0);
    for (const held of ready) {
      const above = held.parents.map((parent) => this.#above.get(parent.held)!);
      this.#above.set(held, this.#sets.union(held.tags, above));
      for (const child of children.get(held) ?? []) {
        const left = waiting.get(child)! - 1;
        waiting.set(child, left);
        if (left === 0) ready.push(child);
      }
    }
  }

  /** Sorted; the same array for all that have the same. */
  of(held: Held): readonly number[] {
    const above = this.#above.get(held);
    const known = this.#sorted.get(above ?? held);
    if (known) return known;
    const tags = [...(above ? this.#sets.items(above) : this.#inLoop(held))].sort((a, b) => a - b);
    this.#sorted.set(above ?? held, tags);
    return tags;
  }

  #inLoop(held: Held): Set<number> {
    const tags = new Set<number>();
    const seen = new Set([held]);
    for (const one of seen) {
      const above = this.#above.get(one);
      for (const tag of above ? this.#sets.items(above) : one.tags) tags.add(tag);
      if (!above) for (const parent of one.parents) seen.add(parent.held);
    }
    return tags;
  }
}
