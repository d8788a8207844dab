// How many files are read at a time. SHA-256 wants all processors; a disk that spins may be faster with one file, as it need not
// seek: whether it is shows when both are tried.
import { readText } from "../fs/read-text.ts";
import { errorCode, type StorageFs, statPath } from "../fs/storage-fs.ts";

/** How long each of the two is tried, and how long the faster one is kept, in milliseconds. */
const TRIAL = 3000;
const KEPT = 600_000;
/** Virtual disks often say that they spin, so one file at a time must be worth it. */
const WORTH = 1.05;

export class Lanes {
  readonly #most: number;
  readonly #isTried: boolean;
  #limit: number;
  #phase: "one" | "most" | "kept" = "one";
  #since: number | undefined;
  #bytes = 0;
  #rateOfOne = 0;

  /** `spins` tells whether one at a time may be faster. */
  constructor(most: number, spins: boolean) {
    this.#most = most;
    this.#isTried = spins && most > 1;
    this.#limit = this.#isTried ? 1 : most;
  }

  /** How many files may be read at a time by now. */
  get limit(): number {
    return this.#limit;
  }

  /** Told how many bytes were read so far, at a time in milliseconds. */
  measure(bytes: number, now: number): void {
    if (!this.#isTried) return;
    this.#since ??= now;
    const elapsed = now - this.#since;
    if (elapsed < (this.#phase === "kept" ? KEPT : TRIAL)) return;
    const rate = (bytes - this.#bytes) / elapsed;
    if (this.#phase === "kept") this.#begin("one", 1);
    else if (this.#phase === "one") {
      this.#rateOfOne = rate;
      this.#begin("most", this.#most);
    } else this.#begin("kept", this.#rateOfOne > rate * WORTH ? 1 : this.#most);
    this.#since = now;
    this.#bytes = bytes;
  }

  #begin(phase: "one" | "most" | "kept", limit: number): void {
    this.#phase = phase;
    this.#limit = limit;
  }
}

/** Whether the disk below a path says that it spins. Network file systems, and disks that are made of several, may say nothing. */
export function isSpinning(storageFs: StorageFs, path: string): boolean {
  const { stat } = statPath(storageFs, path);
  if (!stat) return false;
  const major = Math.floor(stat.dev / 256) % 4096;
  const minor = (stat.dev % 256) + (Math.floor(stat.dev / 2 ** 20) % 4096) * 256;
  // A partition has no queue of its own.
  return ["queue", "../queue"].some((queue) => {
    try {
      return readText(storageFs, `/sys/dev/block/${major}:${minor}/${queue}/rotational`, 16).trim() === "1";
    } catch (error) {
      errorCode(error);
      return false;
    }
  });
}
