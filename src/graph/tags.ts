// The tags of all repositories: columns, a row a tag.
import { Bytes, Floats, Integers } from "../facts/columns.ts";
import type { DiskState, TagFacts } from "../facts/facts.ts";
import { DigestCursor } from "../facts/packed-digests.ts";
import type { DigestTable } from "./digest-table.ts";

export class TagTable {
  readonly #digests: DigestTable;
  readonly #repositories = new Integers();
  readonly #names: string[] = [];
  readonly #states = new Bytes();
  readonly #targets = new Integers();
  readonly #modified = new Floats();
  readonly #pushed = new Floats();
  readonly #firstHistory = new Integers();
  readonly #history = new Integers();
  readonly #historyStates = new Bytes();
  readonly #loopedHistory = new Map<number, ReadonlySet<number>>();
  readonly #reasons = new Map<number, string>();

  constructor(digests: DigestTable) {
    this.#digests = digests;
    this.#firstHistory.push(0);
  }

  get length(): number {
    return this.#names.length;
  }

  /** Adds a repository's tags; they get the numbers from the old `length` on. */
  add(repository: number, facts: TagFacts): void {
    const first = this.length;
    const targets = new DigestCursor(facts.targets);
    const history = new DigestCursor(facts.history);
    for (let row = 0; row < facts.names.length; row++) {
      this.#repositories.push(repository);
      this.#names.push(facts.names[row]!);
      this.#states.push(facts.states[row]!);
      targets.next();
      this.#targets.push(this.#digests.add(targets));
      this.#modified.push(facts.modified[row] ?? 0);
      this.#pushed.push(facts.pushed[row] ?? 0);
      this.#historyStates.push(facts.historyStates[row]!);
      for (let entry = 0; entry < facts.historyCounts[row]!; entry++) {
        history.next();
        this.#history.push(this.#digests.add(history));
      }
      this.#firstHistory.push(this.#history.length);
    }
    for (const [row, digests] of facts.loopedHistory) {
      this.#loopedHistory.set(first + row, new Set(digests.map((digest) => this.#digests.addText(digest))));
    }
    for (const [row, reason] of facts.reasons) this.#reasons.set(first + row, reason);
  }

  repository(tag: number): number {
    return this.#repositories.at(tag);
  }

  name(tag: number): string {
    return this.#names[tag]!;
  }

  /** DiskState of `current/link`. */
  state(tag: number): DiskState {
    return this.#states.at(tag) as DiskState;
  }

  /** The digest that it names, or -1. */
  target(tag: number): number {
    return this.#targets.at(tag);
  }

  /** When its folder last changed, in milliseconds since 1970; 0 where that was not read. */
  modified(tag: number): number {
    return this.#modified.at(tag);
  }

  /** When it was last pushed, in milliseconds since 1970; 0 where that was not read. */
  pushed(tag: number): number {
    return this.#pushed.at(tag);
  }

  /** The digests that it has named, this one included. */
  history(tag: number): number[] {
    const digests: number[] = [];
    for (let entry = this.#firstHistory.at(tag); entry < this.#firstHistory.at(tag + 1); entry++) {
      digests.push(this.#history.at(entry));
    }
    return digests;
  }

  /** DiskState of the folders that its history lies in. */
  historyState(tag: number): DiskState {
    return this.#historyStates.at(tag) as DiskState;
  }

  /** Whether any tag's history has a symbolic link that leads back to itself: hardly ever. */
  get isAnyHistoryLooped(): boolean {
    return this.#loopedHistory.size > 0;
  }

  /** Whether the tag's history has this digest by a symbolic link that leads back to itself. */
  hasLoopedHistory(tag: number, digest: number): boolean {
    return this.#loopedHistory.get(tag)?.has(digest) ?? false;
  }

  /** What is wrong with a malformed current link, in words. */
  reason(tag: number): string {
    return this.#reasons.get(tag) ?? "";
  }
}
