// A file system that makes no more than so many calls, or reads no more than so many bytes, a second, for a machine that has other work to do.
import type { StorageFs } from "./storage-fs.ts";

/** Calls that fall into one turn: it sleeps once a turn rather than once a call, as no clock wakes a call in time. */
const TURNS_A_SECOND = 20;

export interface Clock {
  /** Milliseconds, from any start. */
  now(): number;
  /** Holds this thread up for so many milliseconds. */
  sleep(milliseconds: number): void;
}

const asleep = new Int32Array(new SharedArrayBuffer(4));
const wallClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds) => Atomics.wait(asleep, 0, 0, milliseconds),
};

/** Undefined for as many as it takes. */
export interface Limits {
  /** Counts every call that opens, reads, closes, lists or looks at something. */
  readonly maxIops?: number | undefined;
  /** Counts what is read of files. */
  readonly maxBytesPerSecond?: number | undefined;
}

/** The file system itself where there is no limit. */
export function throttled(storageFs: StorageFs, limits: Limits, clock: Clock = wallClock): StorageFs {
  const { maxIops, maxBytesPerSecond } = limits;
  if (maxIops === undefined && maxBytesPerSecond === undefined) return storageFs;
  const calls = new Allowance(maxIops ?? Number.POSITIVE_INFINITY, clock);
  const bytes = new Allowance(maxBytesPerSecond ?? Number.POSITIVE_INFINITY, clock);
  const mostBytes = Math.max(PAGE, Math.floor(bytes.aTurn / PAGE) * PAGE);
  const slow = <Args extends unknown[], Result>(call: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      calls.take(1);
      return call(...args);
    };
  };
  const read = slow(storageFs.readSync as (...args: [number, Buffer, number, number, number | null]) => number);
  return {
    readdirSync: slow(storageFs.readdirSync) as StorageFs["readdirSync"],
    statSync: slow(storageFs.statSync) as StorageFs["statSync"],
    lstatSync: slow(storageFs.lstatSync) as StorageFs["lstatSync"],
    fstatSync: slow(storageFs.fstatSync),
    statfsSync: slow(storageFs.statfsSync),
    accessSync: slow(storageFs.accessSync),
    openSync: slow(storageFs.openSync),
    // No more at a time than a turn has, in pages, so that nobody waits long for one read.
    readSync: ((file: number, buffer: Buffer, offset: number, length: number, position: number | null) => {
      const got = read(file, buffer, offset, Math.min(length, mostBytes), position);
      bytes.take(got);
      return got;
    }) as StorageFs["readSync"],
    closeSync: slow(storageFs.closeSync),
  };
}

const PAGE = 4096;

/** So many of something a second. */
class Allowance {
  readonly #clock: Clock;
  readonly aTurn: number;
  /** In milliseconds. */
  readonly #turn: number;
  #left: number;
  #turnEndsAt: number;

  constructor(perSecond: number, clock: Clock) {
    this.#clock = clock;
    this.aTurn = Math.max(1, Math.floor(perSecond / TURNS_A_SECOND));
    this.#turn = Number.isFinite(perSecond) ? (this.aTurn / perSecond) * 1000 : 0;
    this.#left = this.aTurn;
    this.#turnEndsAt = clock.now() + this.#turn;
  }

  /** Waits while none is left. Who takes more than there are is waited for by the next. */
  take(count: number): void {
    while (this.#left <= 0) {
      const early = this.#turnEndsAt - this.#clock.now();
      if (early > 0) this.#clock.sleep(early);
      this.#turnEndsAt = Math.max(this.#turnEndsAt, this.#clock.now()) + this.#turn;
      this.#left += this.aTurn;
    }
    this.#left -= count;
  }
}
