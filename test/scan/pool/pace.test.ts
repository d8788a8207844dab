// How many threads are to read follows from what the process was seen to do, and from nothing else.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pace } from "../../../src/scan/pool/pace.ts";

let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

/** A pace with two processors, and a way to let time pass in which the process does so much. */
function watched() {
  const used = { processorTime: 0, machineTime: 0, waits: 0 };
  const pace = new Pace(() => ({ ...used }), 2);
  /** `work` of this process and of `others`, in milliseconds of the processor. */
  const pass = (elapsed: number, { work = 0, others = 0, waits = 0, isMachineSeen = true }) => {
    now += elapsed;
    used.processorTime += work * 1000;
    if (isMachineSeen) used.machineTime += (work + others) * 1000;
    used.waits += waits;
  };
  return { pace, pass };
}

describe("Pace", () => {
  it("knows nothing before it has watched for a while", () => {
    const { pace, pass } = watched();
    pass(19, { waits: 19 });
    expect([pace.wanted(1), pace.isWaiting]).toEqual([1, undefined]);
    pass(1, { waits: 1, work: 1 });
    expect([pace.wanted(1), pace.isWaiting]).toEqual([32, true]);
  });

  it("wants as many threads as keep the processors busy, twice as many at a time, up to the most", () => {
    const { pace, pass } = watched();
    const wanted = [1];
    // Each call waits a millisecond and works 20 microseconds.
    for (let window = 0; window < 5; window++) {
      const threads = wanted.at(-1)!;
      const calls = threads * 147;
      pass(150, { waits: calls, work: calls * 0.02 });
      wanted.push(pace.wanted(threads, 64));
      // Long enough for the next ones to be worth it.
      pass(64 * 60, {});
      pace.restart();
      pace.wanted(threads);
    }
    expect(wanted).toEqual([1, 32, 64, 64, 64, 64]);
  });

  it("adds no more before the last ones were worth their start", () => {
    const { pace, pass } = watched();
    const look = (elapsed: number, threads: number) => {
      pass(elapsed, { waits: elapsed * threads, work: elapsed * threads * 0.02 });
      return pace.wanted(threads);
    };
    expect([look(150, 1), look(150, 32), look(1700, 32), look(150, 32)]).toEqual([32, 32, 32, 64]);
  });

  it("takes threads away again that gained nothing, and adds no more until other work may be done", () => {
    const { pace, pass } = watched();
    const look = (elapsed: number, threads: number) => {
      pass(elapsed, { waits: elapsed * 7, work: elapsed / 7 });
      return pace.wanted(threads);
    };
    const looks = [look(150, 4), ...[1, 2, 3].map(() => look(150, 32)), look(150, 4), look(2800, 4), look(150, 4)];
    expect(looks).toEqual([32, 32, 32, 4, 4, 4, 32]);
  });

  it("does not blame threads for which there is no work", () => {
    const { pace, pass } = watched();
    pass(150, { waits: 1000, work: 20 });
    expect(pace.wanted(4)).toBe(32);
    for (let look = 0; look < 4; look++) {
      pass(150, { waits: 500, work: 10 });
      expect(pace.wanted(32, 32)).toBe(32);
    }
  });

  it("keeps threads that gained something", () => {
    const { pace, pass } = watched();
    pass(150, { waits: 1000, work: 20 });
    expect(pace.wanted(4)).toBe(32);
    pass(2000, { waits: 18_000, work: 360 });
    expect(pace.wanted(32)).toBe(64);
  });

  it.each([
    ["a busy processor", { work: 280, waits: 5000 }, false],
    ["a busy processor on a machine that is not seen", { work: 280, waits: 5000, isMachineSeen: false }, false],
    ["processors that others keep busy, with waits between messages", { work: 20, others: 280, waits: 60 }, false],
    ["processors that others keep busy, with waits at each call", { work: 20, others: 280, waits: 600 }, true],
    ["a fast disk, for which the processors seldom wait", { work: 220, waits: 5000 }, true],
    [
      "a program that serves the files and takes the rest of the processors",
      { work: 160, others: 130, waits: 5000 },
      false,
    ],
  ])("sees with %s whether the storage is waited for", (_, seen, isWaiting) => {
    const { pace, pass } = watched();
    pass(150, seen);
    const wanted = pace.wanted(2);
    expect([pace.isWaiting, wanted > 2]).toEqual([isWaiting, isWaiting]);
  });

  it("does not count what happened before it began again", () => {
    const { pace, pass } = watched();
    pass(150, { waits: 1000, work: 10 });
    pace.restart();
    expect(pace.wanted(2)).toBe(2);
    pass(150, { work: 150 });
    expect([pace.wanted(2), pace.isWaiting]).toEqual([2, false]);
  });
});
