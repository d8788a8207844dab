// A file system that makes no more than so many calls a second, for a machine that has other work to do.
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

/** `callsPerSecond` counts every call that opens, reads, closes, lists or looks at something. */
export function throttled(storageFs: StorageFs, callsPerSecond: number, clock: Clock = wallClock): StorageFs {
  const callsATurn = Math.max(1, Math.floor(callsPerSecond / TURNS_A_SECOND));
  const turn = (callsATurn / callsPerSecond) * 1000;
  let left = callsATurn;
  let turnEndsAt = clock.now() + turn;
  const wait = () => {
    if (left-- > 0) return;
    const early = turnEndsAt - clock.now();
    if (early > 0) clock.sleep(early);
    turnEndsAt = Math.max(turnEndsAt, clock.now()) + turn;
    left = callsATurn - 1;
  };
  const slow = <Args extends unknown[], Result>(call: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      wait();
      return call(...args);
    };
  };
  return {
    readdirSync: slow(storageFs.readdirSync) as StorageFs["readdirSync"],
    statSync: slow(storageFs.statSync) as StorageFs["statSync"],
    lstatSync: slow(storageFs.lstatSync) as StorageFs["lstatSync"],
    openSync: slow(storageFs.openSync),
    readSync: slow(storageFs.readSync) as StorageFs["readSync"],
    closeSync: slow(storageFs.closeSync),
  };
}
