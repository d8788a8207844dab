// Whether reading waits for the storage, and how many threads would keep the processor busy: by what is seen, since a slow
// storage may be a disk, a network or a program.

import type { ResourceUsage } from "./resource-usage.ts";

/** How long threads are watched before there are more of them, or fewer, in milliseconds. */
const WATCH = 150;
/** How long it takes to tell whether a storage is slow, in milliseconds. */
const FIRST_WATCH = 20;
/** Processors of which this share is in use, of those that other programs leave, are kept busy. */
const FULL = 0.85;
/** So much of all processors this process may want even where others use them all: where calls are slow, threads use little of it. */
const SHARE = 0.25;
/**
 * It is calls where the process goes to sleep after less than so much work, in microseconds: after each call of a slow storage, of
 * which one makes some tens; else only between messages. A processor that others keep busy makes no difference to that.
 */
const WORK_A_WAIT = 250;
/** The first threads at once, and then so many times as many. */
const FIRST_THREADS = 32;
const STEP = 2;
/** Each thread takes the processor for 40 ms to start, and more to become fast: so long for each is waited before there are more. */
const WORTH = 60;
/** Threads that were added and made it less than this times as fast are taken away again: they cost more than they spare. */
const GAIN = 1.3;
/** So often is looked whether they did while there was work for them all, since some of it takes longer than other. */
const LOOKS = 3;
/** After so long, in milliseconds, other work may be done, of which more threads may gain. */
const OTHER_WORK = 3000;

export class Pace {
  readonly #usage: () => ResourceUsage;
  readonly #processors: number;
  #since = performance.now();
  #before: ResourceUsage | undefined;
  #isWaiting: boolean | undefined;
  #hasWaited = false;
  /** How many threads there were before the last ones were added, how often they waited then, a second, and how often is left to look. */
  #lastGrowth: { readonly threads: number; readonly rate: number; looks: number } | undefined;
  #growsFrom = 0;

  constructor(usage: () => ResourceUsage, processors: number) {
    this.#usage = usage;
    this.#processors = processors;
    this.#before = usage();
  }

  /** Whether reading ever waited for the storage, or may: threads that start keep the processor busy for a while on any. */
  get mayWait(): boolean {
    return this.#isWaiting !== false || this.#hasWaited;
  }

  /** Whether reading waited for the storage when it was last looked at; undefined before. */
  get isWaiting(): boolean | undefined {
    return this.#isWaiting;
  }

  /** Begins to watch when it is next asked: while threads start, the processor is busy with that. */
  restart(): void {
    this.#before = undefined;
  }

  /** How many threads are to read, of which there are so many now and may be `most`; as many until there is something to go by. */
  wanted(threads: number, most = Number.POSITIVE_INFINITY): number {
    const now = performance.now();
    const elapsed = now - this.#since;
    if (this.#before && elapsed < (this.#isWaiting === undefined ? FIRST_WATCH : WATCH)) return threads;
    const [before, after] = [this.#before, this.#usage()];
    this.#since = now;
    this.#before = after;
    if (!before) return threads;
    const used = after.processorTime - before.processorTime;
    const waits = after.waits - before.waits;
    const processors = used / 1000 / elapsed;
    const machine = Math.max(processors, (after.machineTime - before.machineTime) / 1000 / elapsed);
    const room = Math.max(this.#processors - (machine - processors), this.#processors * SHARE);
    this.#isWaiting = processors < FULL * room && waits * WORK_A_WAIT > used;
    this.#hasWaited ||= this.#isWaiting;
    const rate = (waits * 1000) / elapsed;
    const fewer = this.#fewer(threads, rate, most > threads);
    if (fewer !== undefined) {
      this.#growsFrom = now + OTHER_WORK;
      return fewer;
    }
    if (!this.#isWaiting || now < this.#growsFrom) return threads;
    // Each thread uses the same share of a processor, however many there are.
    const enough = Math.ceil((threads * room) / Math.max(processors, 0.001));
    const wanted = Math.max(threads, Math.min(enough, most, Math.max(FIRST_THREADS, threads * STEP)));
    if (wanted > threads) {
      this.#lastGrowth = { threads, rate, looks: LOOKS };
      this.#growsFrom = now + wanted * WORTH;
    }
    return wanted;
  }

  /** How many threads there were before the last ones, if these gained nothing; undefined as long as nobody can tell. */
  #fewer(threads: number, rate: number, hasWork: boolean): number | undefined {
    const last = this.#lastGrowth;
    if (!last || threads <= last.threads) return undefined;
    if (hasWork) last.looks -= 1;
    const haveGained = rate >= last.rate * GAIN;
    if (!haveGained && last.looks > 0) return undefined;
    this.#lastGrowth = undefined;
    return haveGained ? undefined : last.threads;
  }
}
