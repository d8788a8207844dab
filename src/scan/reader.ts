// Reads one storage root: in this process while that is quick, in worker threads as well when there is more to do.
import { availableParallelism, totalmem } from "node:os";
import type { ClosedPath } from "../facts/closed.ts";
import type { BlobFacts, ContentFacts, ManifestFacts, RepositoryFacts, Unreadable } from "../facts/facts.ts";
import type { MemoryFacts } from "../facts/memory.ts";
import type { PackedDigests } from "../facts/packed-digests.ts";
import { Judge, judging } from "./fs/judging-fs.ts";
import { nodeFs, type StorageFs } from "./fs/storage-fs.ts";
import { Pace } from "./pool/pace.ts";
import { LostThreadError, WorkerPool } from "./pool/pool.ts";
import type { ResourceUsage } from "./pool/resource-usage.ts";
import { performTask, type ReadOptions, type Task, type TaskDone, type TaskResults } from "./pool/tasks.ts";
import { type BlobStoreListing, listBlobStore } from "./read-blobs.ts";
import { PIECE, withPieces } from "./read-repository.ts";

export type { ReadOptions } from "./pool/tasks.ts";

/** Told after each piece of work. `total` is undefined while it is not known; `unit` is what is counted, where that is no entries. */
export type Progress = (phase: string, done: number, total: number | undefined, unit?: "bytes") => void;

/** How long reading goes on in this process before threads are started, in milliseconds: about what starting costs. */
const ALONE = 100;
/** How long reading may hold up signals and progress, in milliseconds. */
const TURN = 50;
/** What takes longer than this is left to the threads altogether, in milliseconds: a cold disk, contents to hash. */
const LONGEST_TURN = 250;
/** More threads than this gain little on any storage; each takes 12 MB, and all together no more than this share of the memory. */
const MOST_THREADS = 64;
const THREAD_BYTES = 12 * 2 ** 20;
const MEMORY_SHARE = 1 / 8;
/** How many tasks are under way at a time: enough for the most threads, and for some to wait. */
const LANES = 2 * MOST_THREADS;
/** How much is one task: enough to be worth a message, little enough to share out evenly. */
const FAST = { repositories: 2, manifests: 512, piece: PIECE } as const;
/** Where each call takes milliseconds, or may: some tens of calls, so that all threads have work. */
const SLOW = { repositories: 1, manifests: 16, piece: 32 } as const;

/** Digests, no text, and the size of each blob in bytes. */
export interface ManifestBatch {
  readonly digests: PackedDigests;
  readonly sizes: Float64Array;
}

export interface ThreadOptions {
  /** How many threads read; undefined for as many as help. */
  readonly jobs: number | undefined;
  /** No more than these where `jobs` does not say; undefined for as many as help anywhere. */
  readonly mostThreads?: number | undefined;
  /** What this process and the machine have used so far. */
  resourceUsage(): ResourceUsage;
  /** The most bytes that the system lets the process have; all of its memory where nothing says so. */
  readonly systemMemory?: number | undefined;
}

export class RootReader {
  readonly #fs: StorageFs;
  readonly #root: string;
  #options: ReadOptions;
  readonly #takeMemory: (facts: MemoryFacts) => void;
  readonly #threading: ThreadOptions;
  readonly #progress: Progress;
  readonly #startedAt = performance.now();
  /** By path: what the registry's user may not read of all that was read so far. */
  readonly closed = new Map<string, ClosedPath>();
  /** What could not be looked at to tell. */
  readonly notJudged: Unreadable[] = [];
  #lastTurn = this.#startedAt;
  #pool: WorkerPool | undefined;
  /** Threads have a file system of their own, so only the real one can be read by them. */
  #threadsMayStart: boolean;
  #isHelping = false;
  #isTooSlow = false;
  /** Settles when all is done that dead threads left. */
  #handedBack: Promise<unknown> = Promise.resolve();
  readonly #pace: Pace;
  /** How many threads are to be started, by what was seen before there were any. */
  #wanted = 1;

  /** `takeMemory` is told what each piece of work took from the index, and what the next one is to hold. */
  constructor(
    storageFs: StorageFs,
    root: string,
    options: ReadOptions & ThreadOptions,
    progress: Progress,
    takeMemory: (facts: MemoryFacts) => void = () => {},
  ) {
    this.#takeMemory = takeMemory;
    this.#fs = storageFs;
    this.#root = root;
    const { tagTimes, tagHistory, folders, walksLayers, manifests, judgedAs, memory } = options;
    this.#options = { tagTimes, tagHistory, folders, walksLayers, manifests, judgedAs, memory };
    this.#threading = options;
    this.#pace = new Pace(options.resourceUsage, availableParallelism());
    this.#threadsMayStart = storageFs === nodeFs && options.jobs !== 1;
    this.#progress = progress;
  }

  /** Reads repositories, and gives their facts in whatever order they are read. */
  async readRepositories(names: readonly string[], take: (facts: RepositoryFacts) => void): Promise<void> {
    const tasks = cut(
      names.length,
      () => this.#sizes().repositories,
      (first, end) => {
        return { kind: "repositories", names: names.slice(first, end), pieceSize: this.#sizes().piece } as const;
      },
    );
    await this.#runAll("repositories", tasks, async (starts) => {
      for (const { facts, rest } of starts) {
        const pieces = rest.map((piece) => ({ kind: "piece", piece }) as const);
        const read = await Promise.all(pieces.map((task) => this.#run(task)));
        take(rest.length === 0 ? facts : withPieces(facts, rest, read));
      }
    });
  }

  async readBlobs(take: (facts: BlobFacts) => void): Promise<BlobStoreListing> {
    const listing = this.#judged((storageFs) => listBlobStore(storageFs, this.#root));
    const { shards } = listing;
    const tasks = cut(
      shards.length,
      () => 1,
      (index) => ({ kind: "blobs", shard: shards[index]! }) as const,
    );
    await this.#runAll("blob shards", tasks, take);
    return listing;
  }

  /**
   * Reads `count` blobs as manifests. `pick` gives those from one number up to another, with their sizes in bytes;
   * `take` is told where each batch begins.
   */
  async readManifests(
    count: number,
    pick: (first: number, end: number) => ManifestBatch,
    take: (first: number, facts: ManifestFacts) => void,
  ): Promise<void> {
    const tasks = cut(
      count,
      () => this.#sizes().manifests,
      (first, end) => {
        return { kind: "manifests", first, ...pick(first, end) } as const;
      },
    );
    await this.#runAll("manifests", tasks, (facts, { first }) => take(first, facts));
  }

  /** Hashes `count` blobs of MOST_CONTENT bytes at most; as readManifests. */
  async readContents(
    count: number,
    pick: (first: number, end: number) => ManifestBatch,
    take: (first: number, facts: ContentFacts) => void,
  ): Promise<void> {
    const tasks = cut(
      count,
      () => this.#sizes().manifests,
      (first, end) => {
        return { kind: "contents", first, ...pick(first, end) } as const;
      },
    );
    await this.#runAll("configs", tasks, (facts, { first }) => take(first, facts));
  }

  /** Ends the threads, and with them their memory. What is read from then on is read in this process. */
  async endThreads(): Promise<void> {
    this.#threadsMayStart = false;
    await this.#pool?.close();
    this.#pool = undefined;
  }

  /** From now on all is read, and nothing more is remembered. To be called when the threads have ended. */
  forgetIndex(): void {
    const { memory: _, ...options } = this.#options;
    this.#options = options;
  }

  /** Has the judge look at directories that no task lists: those of the tree of names. Paths are relative to the root. */
  judgeListings(paths: Iterable<string>): void {
    const { judgedAs } = this.#options;
    if (judgedAs === undefined) return;
    const judge = new Judge(this.#fs, this.#root, judgedAs);
    for (const path of paths) judge.lists(`${this.#root}/${path}`);
    this.#take(judge.closed, judge.unreadable);
  }

  #judged<Result>(use: (storageFs: StorageFs) => Result): Result {
    const { judgedAs } = this.#options;
    if (judgedAs === undefined) return use(this.#fs);
    const judge = new Judge(this.#fs, this.#root, judgedAs);
    const result = use(judging(this.#fs, judge));
    this.#take(judge.closed, judge.unreadable);
    return result;
  }

  #take(closed: readonly ClosedPath[], notJudged: readonly Unreadable[]): void {
    for (const entry of closed) this.closed.set(entry.path, entry);
    for (const entry of notJudged) this.notJudged.push(entry);
  }

  /** Has tasks done, each made only when its turn is near, since of a large root there are many. */
  async #runAll<T extends Task>(
    phase: string,
    { items, tasks }: Cut<T>,
    take: (result: TaskResults[T["kind"]], task: T) => void | Promise<void>,
  ): Promise<void> {
    let done = 0;
    const lane = async () => {
      for (const { task, size } of tasks) {
        await take(await this.#run(task), task);
        done += size;
        this.#progress(phase, done, items);
        if (!this.#usesThreads()) await this.#takeTurns();
      }
    };
    await Promise.all(Array.from({ length: this.#threadsMayStart ? LANES : 1 }, lane));
  }

  async #run<T extends Task>(task: T): Promise<TaskResults[T["kind"]]> {
    const done = this.#usesThreads() ? await this.#runInThread(task) : this.#perform(task);
    const { result, closed, notJudged, memory } = done;
    if (memory) this.#takeMemory(memory);
    this.#take(closed, notJudged);
    return result as TaskResults[T["kind"]];
  }

  async #runInThread(task: Task): Promise<TaskDone> {
    try {
      const pool = this.#threads();
      const result = pool.run(task);
      void this.#help(pool);
      return await result;
    } catch (error) {
      if (!(error instanceof LostThreadError)) throw error;
      // One after another, with turns in between. Where the task is what killed the thread, it shows here again.
      const again = this.#handedBack.then(async () => {
        await this.#takeTurns();
        return this.#perform(task);
      });
      this.#handedBack = again.catch(() => {});
      return again;
    }
  }

  /**
   * Reads along with the threads, a task a turn: what they have read, signals and progress come in between. Not where a
   * disk keeps it waiting, since all of that would wait as well.
   */
  async #help(pool: WorkerPool): Promise<void> {
    if (this.#isHelping || this.#isTooSlow) return;
    this.#isHelping = true;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const job = this.#isTooSlow || pool.isCold ? undefined : pool.takeWaiting();
      if (!job) break;
      try {
        job.resolve(this.#perform(job.task));
      } catch (error) {
        job.reject(error as Error);
      }
    }
    this.#isHelping = false;
    if (this.#isTooSlow) pool.grow();
  }

  /** Small tasks as long as nobody knows how fast the storage is. */
  #sizes(): { readonly repositories: number; readonly manifests: number; readonly piece: number } {
    return this.#threadsMayStart && this.#pace.mayWait ? SLOW : FAST;
  }

  #perform(task: Task): TaskDone {
    const startedAt = performance.now();
    try {
      return performTask(this.#fs, this.#root, task, this.#options);
    } finally {
      if (this.#pool === undefined) this.#wanted = Math.max(this.#wanted, this.#pace.wanted(1));
      this.#isTooSlow ||= performance.now() - startedAt > LONGEST_TURN;
    }
  }

  #usesThreads(): boolean {
    if (this.#pool) return this.#pool.size > 0;
    return this.#threadsMayStart && performance.now() - this.#startedAt > ALONE;
  }

  #threads(): WorkerPool {
    if (this.#pool) return this.#pool;
    const { jobs, mostThreads: most = MOST_THREADS, resourceUsage, systemMemory = totalmem() } = this.#threading;
    const room = Math.max(availableParallelism(), Math.floor((systemMemory * MEMORY_SHARE) / THREAD_BYTES));
    const mostThreads = jobs ?? Math.min(most, room);
    const readers = jobs ?? Math.min(Math.max(availableParallelism(), this.#wanted), mostThreads);
    // This one reads too, unless it is too slow.
    const threads = Math.max(1, this.#isTooSlow || this.#pace.isWaiting ? readers : readers - 1);
    const pace = this.#pace;
    this.#pool = new WorkerPool(this.#root, this.#options, { threads, mostThreads, resourceUsage, pace });
    return this.#pool;
  }

  async #takeTurns(): Promise<void> {
    if (performance.now() - this.#lastTurn < TURN) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastTurn = performance.now();
  }
}

/** How many items there are, and tasks that are made as they are asked for, each with the number of its items. */
interface Cut<T> {
  readonly items: number;
  readonly tasks: Iterable<{ readonly task: T; readonly size: number }>;
}

/** So many items in tasks of the size that is right when each is made. */
function cut<T>(items: number, size: () => number, make: (first: number, end: number) => T): Cut<T> {
  function* tasks() {
    for (let first = 0, end = 0; first < items; first = end) {
      end = Math.min(first + size(), items);
      yield { task: make(first, end), size: end - first };
    }
  }
  return { items, tasks: tasks() };
}
