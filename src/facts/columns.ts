// Growing columns of numbers: the graph and the facts are columns, not objects, so that a hundred million links fit.
//
// The three classes are the same but for their arrays, and written out since V8 compiles a method for all the arrays that
// it meets: with one class for the three a whole scan took 6 % more of the processor.

export interface Column<T extends Uint8Array | Int32Array | Float64Array> {
  readonly length: number;
  /** Appends a value and gives its index. */
  push(value: number): number;
  /** The value at `index`; 0 beyond the end, as columns grow with what they are indexed by. */
  at(index: number): number;
  set(index: number, value: number): void;
  /** The values, in an array of exactly their number that can be transferred. Nothing is added after it. */
  finish(): T;
}

/** Small codes and flags. */
export class Bytes implements Column<Uint8Array> {
  #values: Uint8Array;
  #length = 0;

  /** Room is made for as many values as are expected; there may be more. */
  constructor(capacity = 16) {
    this.#values = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): number {
    if (this.#length === this.#values.length) this.#reserve(this.#length + 1);
    this.#values[this.#length] = value;
    return this.#length++;
  }

  at(index: number): number {
    return index < this.#length ? this.#values[index]! : 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#length) {
      if (index >= this.#values.length) this.#reserve(index + 1);
      this.#length = index + 1;
    }
    this.#values[index] = value;
  }

  finish(): Uint8Array {
    return exactly(this.#values, this.#length);
  }

  #reserve(length: number): void {
    const grown = new Uint8Array(grownLength(this.#values.length, length));
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** Numbers of digests, links, tags: -1 for none. */
export class Integers implements Column<Int32Array> {
  #values: Int32Array;
  #length = 0;

  /** Room is made for as many values as are expected; there may be more. */
  constructor(capacity = 16) {
    this.#values = new Int32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): number {
    if (this.#length === this.#values.length) this.#reserve(this.#length + 1);
    this.#values[this.#length] = value;
    return this.#length++;
  }

  at(index: number): number {
    return index < this.#length ? this.#values[index]! : 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#length) {
      if (index >= this.#values.length) this.#reserve(index + 1);
      this.#length = index + 1;
    }
    this.#values[index] = value;
  }

  finish(): Int32Array {
    return exactly(this.#values, this.#length);
  }

  #reserve(length: number): void {
    const grown = new Int32Array(grownLength(this.#values.length, length));
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** Sizes in bytes and times in milliseconds, exact up to 2^53. */
export class Floats implements Column<Float64Array> {
  #values: Float64Array;
  #length = 0;

  /** Room is made for as many values as are expected; there may be more. */
  constructor(capacity = 16) {
    this.#values = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): number {
    if (this.#length === this.#values.length) this.#reserve(this.#length + 1);
    this.#values[this.#length] = value;
    return this.#length++;
  }

  at(index: number): number {
    return index < this.#length ? this.#values[index]! : 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#length) {
      if (index >= this.#values.length) this.#reserve(index + 1);
      this.#length = index + 1;
    }
    this.#values[index] = value;
  }

  finish(): Float64Array {
    return exactly(this.#values, this.#length);
  }

  #reserve(length: number): void {
    const grown = new Float64Array(grownLength(this.#values.length, length));
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** The first `length` elements, without copying where there are no more. */
export function exactly<T extends Uint8Array | Int32Array | Float64Array>(values: T, length: number): T {
  return values.length === length ? values : (values.slice(0, length) as T);
}

function grownLength(length: number, needed: number): number {
  return Math.max(needed, 16, Math.ceil(length * 1.5));
}
