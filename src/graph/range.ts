// Consecutive numbers of rows: how the graph says which links, tags or references belong together.

/**
 * The numbers from `first` up to, not including, `end`. Iterating costs some ten nanoseconds a number more than counting
 * from `first` to `end`, which only matters where every reference of a root is met.
 */
export class Range implements Iterable<number> {
  readonly first: number;
  readonly end: number;

  constructor(first: number, end: number) {
    this.first = first;
    this.end = end;
  }

  get length(): number {
    return this.end - this.first;
  }

  [Symbol.iterator](): IterableIterator<number> {
    return new RangeIterator(this.first, this.end);
  }
}

class RangeIterator implements IterableIterator<number> {
  #next: number;
  readonly #end: number;

  constructor(first: number, end: number) {
    this.#next = first;
    this.#end = end;
  }

  next(): IteratorResult<number> {
    return this.#next < this.#end ? { done: false, value: this.#next++ } : { done: true, value: undefined };
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this;
  }
}
