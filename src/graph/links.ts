// The links of one kind (layer or revision) of all repositories: columns, and a hash index from repository and digest.
import { Bytes, Integers } from "../facts/columns.ts";
import { DiskState, type LinkFacts } from "../facts/facts.ts";
import { DigestCursor } from "../facts/packed-digests.ts";
import type { DigestTable } from "./digest-table.ts";

export class LinkTable {
  readonly #digests: DigestTable;
  readonly #repositories = new Integers();
  readonly #places = new Integers();
  readonly #targets = new Integers();
  readonly #states = new Bytes();
  readonly #reasons = new Map<number, string>();
  #slots = new Int32Array(1024).fill(-1);

  constructor(digests: DigestTable) {
    this.#digests = digests;
  }

  get length(): number {
    return this.#places.length;
  }

  /** Adds a repository's links; they get the numbers from the old `length` on. */
  add(repository: number, facts: LinkFacts): void {
    const first = this.length;
    const places = new DigestCursor(facts.places);
    for (let row = 0; places.next(); row++) {
      const place = this.#digests.add(places);
      const state = facts.states[row]!;
      this.#repositories.push(repository);
      this.#places.push(place);
      this.#states.push(state);
      this.#targets.push(state === DiskState.ok ? place : -1);
      this.#index(first + row);
    }
    const targets = new DigestCursor(facts.otherTargets);
    for (const row of facts.otherRows) {
      targets.next();
      this.#targets.set(first + row, this.#digests.add(targets));
    }
    for (const [row, reason] of facts.reasons) this.#reasons.set(first + row, reason);
  }

  /** The link of this repository that lies in this digest's folder, or -1. */
  find(repository: number, place: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashPair(repository, place) & mask;
    for (;;) {
      const link = this.#slots[slot]!;
      if (link < 0) return -1;
      if (this.#places.at(link) === place && this.#repositories.at(link) === repository) return link;
      slot = (slot + 1) & mask;
    }
  }

  /** The number of the repository that the link is in. */
  repository(link: number): number {
    return this.#repositories.at(link);
  }

  /** The digest of the folder that the link lies in. */
  place(link: number): number {
    return this.#places.at(link);
  }

  /** The digest that the link holds; -1 unless its state is ok. */
  target(link: number): number {
    return this.#targets.at(link);
  }

  state(link: number): DiskState {
    return this.#states.at(link) as DiskState;
  }

  /** What is wrong with a malformed link, in words. */
  reason(link: number): string {
    return this.#reasons.get(link) ?? "";
  }

  #index(link: number): void {
    if ((link + 1) * 2 > this.#slots.length) {
      this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
      for (let known = 0; known <= link; known++) this.#insert(known);
    } else this.#insert(link);
  }

  #insert(link: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashPair(this.#repositories.at(link), this.#places.at(link)) & mask;
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = link;
  }
}

function hashPair(repository: number, digest: number): number {
  let hash = Math.imul(repository ^ 0x9e3779b9, 0x85ebca6b) ^ digest;
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}
