// Growing columns of numbers: the graph and the facts are columns, not objects, so that a hundred million links fit.

type Numbers = Uint8Array | Int32Array | Float64Array;

/** Room is made for the values that are expected; there may be more. */
class Column<T extends Numbers> {
  #values: T;
  #length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T, capacity: number) {
    this.#make = make;
    this.#values = make(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends a value and gives its index. */
  push(value: number): number {
    this.#reserve(this.#length + 1);
    this.#values[this.#length] = value;
    return this.#length++;
  }

  /** The value at `index`; 0 beyond the end, as columns grow with what they are indexed by. */
  at(index: number): number {
    return index < this.#length ? this.#values[index]! : 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#length) {
      this.#reserve(index + 1);
      this.#length = index + 1;
    }
    this.#values[index] = value;
  }

  /** The values, in an array of exactly their number that can be transferred; nothing is added after it. */
  finish(): T {
    return this.#length === this.#values.length ? this.#values : (this.#values.slice(0, this.#length) as T);
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const grown = this.#make(Math.max(length, 16, Math.ceil(this.#values.length * 1.5)));
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** Small codes and flags. */
export class Bytes extends Column<Uint8Array> {
  constructor(capacity = 16) {
    super((length) => new Uint8Array(length), capacity);
  }
}

/** Numbers of digests, links, tags: -1 for none. */
export class Integers extends Column<Int32Array> {
  constructor(capacity = 16) {
    super((length) => new Int32Array(length), capacity);
  }
}

/** Sizes in bytes and times in milliseconds, exact up to 2^53. */
export class Floats extends Column<Float64Array> {
  constructor(capacity = 16) {
    super((length) => new Float64Array(length), capacity);
  }
}
