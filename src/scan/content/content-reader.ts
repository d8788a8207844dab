// Has blobs verified: in threads where there is much to read, each with one file at a time; else in this process, in turns
// with signals and the progress line.
import { availableParallelism } from "node:os";
import type { VerifiedContent } from "../../facts/facts.ts";
import { nodeFs, type StorageFs } from "../fs/storage-fs.ts";
import { LostThreadError, WorkerPool } from "../pool/pool.ts";
import type { ResourceUsage } from "../pool/resource-usage.ts";
import type { ControlledContentTask } from "../pool/tasks.ts";
import { ContentControl } from "./content-control.ts";
import { isSpinning, Lanes } from "./lanes.ts";
import { ContentReading, type ContentTask } from "./read-content.ts";

export interface ContentReaderOptions {
  /** How many threads read; undefined for as many as there are processors: SHA-256 is what they wait for. */
  readonly jobs: number | undefined;
  /** What this process and the machine have used so far. */
  resourceUsage(): ResourceUsage;
  /** Milliseconds, from any start. */
  now(): number;
}

/** What starting threads costs is worth it from so many bytes on. */
const LEAST_FOR_THREADS = 1 << 26;
/** How often progress and the deadline are looked at, in milliseconds. */
const TURN = 50;
/** More threads than this only make the disk seek; --jobs asks for them. */
const MOST_THREADS = 8;

export class ContentReader {
  readonly #fs: StorageFs;
  readonly #options: ContentReaderOptions;
  readonly control = new ContentControl();

  constructor(storageFs: StorageFs, options: ContentReaderOptions) {
    this.#fs = storageFs;
    this.#options = options;
  }

  /** How many files are read at a time, where there are `bytes` to be read. */
  lanes(bytes: number): number {
    const { jobs = Math.min(availableParallelism(), MOST_THREADS) } = this.#options;
    // Threads have a file system of their own, so only the real one can be read by them.
    return this.#fs === nodeFs && jobs > 1 && bytes >= LEAST_FOR_THREADS ? jobs : 1;
  }

  /**
   * Does the tasks that `next` gives, as many at a time as `lanes`, until it gives none, or until `deadline` (as `now` has it)
   * or the control stops them. `roots` are the paths of the storage roots. `take` is given what was read of each; `tick` is called every now and then.
   */
  async read(
    lanes: number,
    next: () => ContentTask | undefined,
    take: (task: ContentTask, content: VerifiedContent) => void,
    { deadline, roots, tick }: { readonly deadline: number; readonly roots: readonly string[]; tick(): void },
  ): Promise<void> {
    const look = () => {
      if (this.#options.now() >= deadline) this.control.stop();
      tick();
    };
    if (lanes === 1) return this.#readHere(next, take, look);
    const pool = new WorkerPool<ControlledContentTask>("", undefined, {
      threads: lanes,
      mostThreads: lanes,
      resourceUsage: this.#options.resourceUsage,
    });
    const spins = roots.some((root) => isSpinning(this.#fs, root));
    const most = new Lanes(lanes, spins);
    const watch = setInterval(() => {
      most.measure(this.control.bytes, this.#options.now());
      look();
    }, TURN);
    let isDone = false;
    const lane = async (number: number) => {
      while (!isDone && !this.control.isStopped) {
        if (number >= most.limit) {
          await new Promise((resolve) => setTimeout(resolve, TURN));
          continue;
        }
        const task = this.#nextOf(next);
        if (task === undefined) isDone = true;
        else take(task, await this.#readInThread(pool, spins ? { ...task, byInode: true } : task, look));
      }
    };
    try {
      await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
    } finally {
      clearInterval(watch);
      await pool.close();
    }
  }

  #nextOf(next: () => ContentTask | undefined): ContentTask | undefined {
    return this.control.isStopped ? undefined : next();
  }

  async #readHere(
    next: () => ContentTask | undefined,
    take: (task: ContentTask, content: VerifiedContent) => void,
    look: () => void,
  ): Promise<void> {
    const turn = new Turns(look);
    for (look(); ; ) {
      const task = this.#nextOf(next);
      if (task === undefined) return;
      take(task, await this.#perform(task, turn));
    }
  }

  async #readInThread(
    pool: WorkerPool<ControlledContentTask>,
    task: ContentTask,
    look: () => void,
  ): Promise<VerifiedContent> {
    try {
      const { result } = await pool.run({ ...task, control: this.control.buffer });
      return result as VerifiedContent;
    } catch (error) {
      if (!(error instanceof LostThreadError)) throw error;
      // Where the task is what killed the thread, it shows here again.
      return this.#perform(task, new Turns(look));
    }
  }

  async #perform(task: ContentTask, turns: Turns): Promise<VerifiedContent> {
    const reading = new ContentReading(this.#fs, task);
    const steps = reading.steps();
    for (const bytes of steps) {
      this.control.count(bytes);
      await turns.take();
      // Ends the steps too, so that the file is closed.
      if (this.control.isStopped) break;
    }
    return reading.result();
  }
}

/** Lets signals and timers have a turn, and looks at the clock, now and then. */
class Turns {
  readonly #look: () => void;
  #last = performance.now();

  constructor(look: () => void) {
    this.#look = look;
  }

  async take(): Promise<void> {
    this.#look();
    if (performance.now() - this.#last < TURN) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#last = performance.now();
  }
}
