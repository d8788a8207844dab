// What of the order is read within a budget. Nothing is read twice before all else was read once: who has had a turn in the
// present round waits until no other is left.
import type { ContentOrder, Turn } from "./content-order.ts";

/** How much may be read. */
export interface ContentBudget {
  /** Infinity for all, less than 0 for none, not even of empty files. */
  readonly bytes: number;
  /** When reading has to end, in milliseconds since 1970; Infinity for never. */
  readonly until: number;
}

export interface Pace {
  /** How many files are read at a time. */
  readonly lanes: number;
  /** Bytes a millisecond of all lanes together, by the last run; undefined where that is not known. */
  readonly rate: number | undefined;
}

/** Small blobs go to a thread together: as many as fill a task, in blobs or in bytes. */
const TASK = { blobs: 256, bytes: 1 << 23 };
/** What has been read says how fast that goes from then on, in milliseconds. */
const MEASURED_AFTER = 1000;
/** A file is begun where it is done in so much of the time that is left: one that is given up has cost all of it. */
const SAFE = 0.8;
/** What a file is taken to be read at before anything was read, in bytes a millisecond: a slow disk. */
const SLOW = 20_000;

export class ContentChoice {
  readonly #order: ContentOrder;
  readonly #budget: ContentBudget;
  readonly #lanes: number;
  /** How long the budget is, in milliseconds. */
  readonly #time: number;
  #rate: number | undefined;
  #next = 0;
  #bytesLeft: number;
  #roundStartedAt: number;
  /** What there was too little of for some whose turn it was, and for some that are more than all of it. */
  #ranOutOf: "bytes" | "time" | undefined;
  #tooLittle: "bytes" | "time" | undefined;
  #tooLarge = 0;

  /** `roundStartedAt` in seconds since 1970, `begun` in milliseconds. */
  constructor(order: ContentOrder, budget: ContentBudget, pace: Pace, roundStartedAt: number, begun: number) {
    this.#order = order;
    this.#budget = budget;
    this.#bytesLeft = budget.bytes;
    this.#time = budget.until - begun;
    this.#lanes = pace.lanes;
    this.#rate = pace.rate;
    this.#roundStartedAt = roundStartedAt;
  }

  /** When the round began that the last task belongs to. What is read of it counts as read after that. */
  get roundStartedAt(): number {
    return this.#roundStartedAt;
  }

  /** What there was not enough of to read all; undefined where there was. */
  get ranOutOf(): "bytes" | "time" | undefined {
    return this.#ranOutOf ?? this.#tooLittle;
  }

  /** How many blobs are more than all of the budget, so that no run with it can read them. */
  get tooLarge(): number {
    return this.#tooLarge;
  }

  /** Takes note of how fast reading is: bytes in so many milliseconds. */
  measure(bytes: number, elapsed: number): void {
    if (elapsed >= MEASURED_AFTER) this.#rate = bytes / elapsed;
  }

  /** How much this run is going to read in all, where it has read so much by now. */
  expected(bytes: number, now: number): number {
    const inTime =
      this.#rate === undefined ? Number.POSITIVE_INFINITY : bytes + this.#rate * (this.#budget.until - now);
    return Math.max(bytes, Math.min(this.#order.bytes, this.#budget.bytes, inTime));
  }

  /** The blobs of one root that are to be read next, by one thread; none where there are none, or the budget is used up. */
  next(now: number): Turn[] {
    const chosen: Turn[] = [];
    let bytes = 0;
    for (; this.#next < this.#order.length; this.#next++) {
      const turn = this.#order.at(this.#next);
      if (chosen.length > 0 && turn.root !== chosen[0]!.root) break;
      if (turn.verifiedAt >= this.#roundStartedAt) {
        // Those whose turn it was are not all done.
        if (this.#ranOutOf !== undefined || chosen.length > 0) break;
        this.#roundStartedAt = Math.max(this.#roundStartedAt, Math.floor(now / 1000)) + 1;
      }
      const size = this.#order.sizeOf(turn);
      if (!this.#fits(size, now)) continue;
      if (chosen.length > 0 && bytes + size > TASK.bytes) break;
      chosen.push(turn);
      bytes += size;
      this.#bytesLeft -= size;
      if (chosen.length === TASK.blobs || bytes >= TASK.bytes) {
        this.#next++;
        break;
      }
    }
    return chosen;
  }

  #fits(size: number, now: number): boolean {
    const rate = (this.#rate === undefined ? SLOW : this.#rate / this.#lanes) * SAFE;
    const { bytes } = this.#budget;
    if (size > bytes || size > rate * this.#time) {
      this.#tooLarge++;
      this.#tooLittle = size > bytes ? "bytes" : "time";
      return false;
    }
    if (size > this.#bytesLeft) this.#ranOutOf ??= "bytes";
    else if (size > rate * (this.#budget.until - now)) this.#ranOutOf ??= "time";
    else return true;
    return false;
  }
}
