// What the threads that verify content share while they are at it: whether to stop, and how much they have read.

export class ContentControl {
  readonly #shared: BigInt64Array;

  /** What `buffer` gave in another thread makes this the same control. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.#shared = new BigInt64Array(buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#shared.buffer as SharedArrayBuffer;
  }

  /** Bytes read so far, by all threads. */
  get bytes(): number {
    return Number(Atomics.load(this.#shared, 1));
  }

  get isStopped(): boolean {
    return Atomics.load(this.#shared, 0) !== 0n;
  }

  /** Has all threads end after the read that each is at. */
  stop(): void {
    Atomics.store(this.#shared, 0, 1n);
  }

  count(bytes: number): void {
    Atomics.add(this.#shared, 1, BigInt(bytes));
  }
}
