// Notices that memory is about to end while there is still enough of it to say so: where V8 runs out the process aborts, and
// where the system does it is killed, both without a word.
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { formatBytes } from "../text/quantities.ts";

/** When this share of what the system gives is used a run is given up: the rest is for saying so. */
const MOST_OF_SYSTEM = 0.95;
/**
 * Of the heap more is left, since a table of a million entries grows by tens of megabytes at once: this share, but so many
 * bytes at least and at most; of a small heap half of it.
 */
const LEFT = { share: 0.15, least: 48 * 2 ** 20, most: 256 * 2 ** 20, ofSmall: 0.5 };
/** What of V8's limit is for new objects alone, in MiB, from each major version of Node.js on; those that stay have the rest. */
const YOUNG_GENERATION = [
  [26, 96],
  [24, 192],
  [0, 48],
] as const;
/** How often it is looked at, in milliseconds: a look takes some microseconds. */
const EVERY = 20;

export class OutOfMemoryError extends Error {
  override readonly name = "OutOfMemoryError";
}

/** In bytes, all of it. */
export interface ProcessMemory {
  /** What the process has of the system's memory. */
  resident(): number;
  /** The most that the system lets it have; undefined where nothing says so. */
  readonly most: number | undefined;
  /** The major version of Node.js. */
  readonly node: number;
}

export class MemoryGuard {
  readonly #memory: ProcessMemory;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(memory: ProcessMemory) {
    this.#memory = memory;
  }

  /** To be called again and again by whatever goes on for long. Throws an OutOfMemoryError. */
  check(): void {
    const now = performance.now();
    if (now - this.#lookedAt < EVERY) return;
    // What is garbage counts as used until it is collected, which takes a moment, so that is left for when it matters.
    if (this.#isEnding()) collectGarbage();
    if (this.#isEnding()) {
      const { most } = this.#memory;
      const allowed = most === undefined ? "" : ` of ${formatBytes(most)}`;
      const [used, limit] = heap(this.#memory.node);
      throw new OutOfMemoryError(
        `memory ends: ${formatBytes(this.#memory.resident())}${allowed} are in use, ${formatBytes(used)} of ${formatBytes(limit)} by JavaScript (NODE_OPTIONS=--max-old-space-size=<MiB> gives it more)`,
      );
    }
    this.#lookedAt = performance.now();
  }

  #isEnding(): boolean {
    const { most } = this.#memory;
    const [used, limit] = heap(this.#memory.node);
    const left = Math.min(Math.max(limit * LEFT.share, LEFT.least), LEFT.most, limit * LEFT.ofSmall);
    return used > limit - left || (most !== undefined && this.#memory.resident() > most * MOST_OF_SYSTEM);
  }
}

/** What the objects take that have stayed for a while, and the most that they may; in bytes. */
export function heap(node: number): readonly [used: number, limit: number] {
  const staying = getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith("new_"));
  const used = staying.reduce((sum, space) => sum + space.space_used_size, 0);
  const [, young] = YOUNG_GENERATION.find(([version]) => node >= version)!;
  return [used, getHeapStatistics().heap_size_limit - young * 2 ** 20];
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
