// Work of seconds in the main thread, cut into steps: between them signals are seen, and the progress line is drawn.
import { setImmediate as breathe } from "node:timers/promises";

/**
 * Work that yields wherever others may have a turn, and returns what comes of it: after each call to the disk, which may
 * take as long as the storage likes, and between parts that take some tenths of a second on a large root.
 */
export type Steps<Result> = Generator<void, Result>;

/** How long others wait for a turn at most, in milliseconds, where no step takes longer. */
const TURN = 50;

/** Does the work, and lets others have their turns. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  let turn = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - turn < TURN) continue;
    await breathe();
    turn = performance.now();
  }
}
