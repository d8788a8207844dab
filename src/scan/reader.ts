// Reads one storage root: in this process while that is quick, in worker threads as well when there is more to do.
import { availableParallelism } from "node:os";
import { DigestCursor, DigestWriter, type PackedDigests } from "../layout/packed-digests.ts";
import type { BlobFacts, ManifestFacts, RepositoryFacts } from "./facts.ts";
import { LostThreadError, type ResourceUsage, WorkerPool } from "./pool.ts";
import { type BlobStoreListing, listBlobStore } from "./read-blobs.ts";
import { withPieces } from "./read-repository.ts";
import { nodeFs, type StorageFs } from "./storage-fs.ts";
import { performTask, type ReadOptions, type Task, type TaskResult, type TaskResults } from "./tasks.ts";

export type { ReadOptions } from "./tasks.ts";

/** Told after each piece of work. `total` is undefined while it is not known. */
export type Progress = (phase: string, done: number, total: number | undefined) => void;

/** How long reading goes on in this process before threads are started, in milliseconds: about what starting costs. */
const ALONE = 100;
/** How long reading may hold up signals and progress, in milliseconds. */
const TURN = 50;
/** What takes longer than this is left to the threads altogether, in milliseconds: a cold disk, contents to hash. */
const LONGEST_TURN = 250;
/** What more threads than this gain on a cold disk is not worth their memory; --jobs asks for them. */
const MOST_THREADS = 8;
/** How much is one task: enough to be worth a message, little enough to share out evenly. */
const REPOSITORIES_A_TASK = 2;
const MANIFESTS_A_TASK = 512;

export interface ThreadOptions {
  /** How many threads read; undefined for as many as help. */
  readonly jobs: number | undefined;
  /** What this process has used so far. */
  resourceUsage(): ResourceUsage;
}

export class RootReader {
  readonly #fs: StorageFs;
  readonly #root: string;
  readonly #options: ReadOptions;
  readonly #threading: ThreadOptions;
  readonly #progress: Progress;
  readonly #startedAt = performance.now();
  #lastTurn = this.#startedAt;
  #pool: WorkerPool | undefined;
  /** Threads have a file system of their own, so only the real one can be read by them. */
  #threadsMayStart: boolean;
  #isHelping = false;
  #isTooSlow = false;
  /** Settles when all is done that dead threads left. */
  #handedBack: Promise<unknown> = Promise.resolve();

  constructor(storageFs: StorageFs, root: string, options: ReadOptions & ThreadOptions, progress: Progress) {
    this.#fs = storageFs;
    this.#root = root;
    const { tagTimes, tagHistory, everyFolder, verifyContent } = options;
    this.#options = { tagTimes, tagHistory, everyFolder, verifyContent };
    this.#threading = options;
    this.#threadsMayStart = storageFs === nodeFs && options.jobs !== 1;
    this.#progress = progress;
  }

  /** Reads repositories, and gives their facts in whatever order they are read. */
  async readRepositories(names: readonly string[], take: (facts: RepositoryFacts) => void): Promise<void> {
    const tasks = chunks(names, REPOSITORIES_A_TASK).map((some) => ({ kind: "repositories", names: some }) as const);
    await this.#runAll("repositories", tasks, async (starts) => {
      for (const { facts, rest } of starts) {
        const pieces = rest.map((piece) => ({ kind: "piece", piece }) as const);
        const read = await Promise.all(pieces.map((task) => this.#run(task)));
        take(rest.length === 0 ? facts : withPieces(facts, rest, read));
      }
    });
  }

  async readBlobs(take: (facts: BlobFacts) => void): Promise<BlobStoreListing> {
    const listing = listBlobStore(this.#fs, this.#root);
    const tasks = listing.shards.map((shard) => ({ kind: "blobs", shard }) as const);
    await this.#runAll("blob shards", tasks, take);
    return listing;
  }

  /** Reads blobs of these sizes in bytes as manifests; `take` is told where in the list each batch begins. */
  async readManifests(
    digests: PackedDigests,
    sizes: Float64Array,
    take: (first: number, facts: ManifestFacts) => void,
  ): Promise<void> {
    const tasks = cutDigests(digests).map((some, index) => {
      const first = index * MANIFESTS_A_TASK;
      return { kind: "manifests", digests: some, sizes: sizes.slice(first, first + MANIFESTS_A_TASK) } as const;
    });
    const first = new Map(tasks.map((task, index) => [task, index * MANIFESTS_A_TASK]));
    await this.#runAll("manifests", tasks, (facts, task) => take(first.get(task)!, facts));
  }

  /** Ends the threads, and with them their memory. What is read from then on is read in this process. */
  async endThreads(): Promise<void> {
    this.#threadsMayStart = false;
    await this.#pool?.close();
    this.#pool = undefined;
  }

  async #runAll<T extends Task>(
    phase: string,
    tasks: readonly T[],
    take: (result: TaskResults[T["kind"]], task: T) => void | Promise<void>,
  ): Promise<void> {
    let done = 0;
    const finish = async (task: T, result: TaskResults[T["kind"]]) => {
      await take(result, task);
      this.#progress(phase, ++done, tasks.length);
    };
    const running: Promise<void>[] = [];
    for (const task of tasks) {
      if (this.#usesThreads()) running.push(this.#run(task).then((result) => finish(task, result)));
      else {
        await finish(task, await this.#run(task));
        await this.#takeTurns();
      }
    }
    await Promise.all(running);
  }

  async #run<T extends Task>(task: T): Promise<TaskResults[T["kind"]]> {
    const result: TaskResult = this.#usesThreads() ? await this.#runInThread(task) : this.#perform(task);
    return result as TaskResults[T["kind"]];
  }

  async #runInThread(task: Task): Promise<TaskResult> {
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

  #perform(task: Task): TaskResult {
    const startedAt = performance.now();
    try {
      return performTask(this.#fs, this.#root, task, this.#options);
    } finally {
      this.#isTooSlow ||= performance.now() - startedAt > LONGEST_TURN;
    }
  }

  #usesThreads(): boolean {
    if (this.#pool) return this.#pool.size > 0;
    return this.#threadsMayStart && performance.now() - this.#startedAt > ALONE;
  }

  #threads(): WorkerPool {
    if (this.#pool) return this.#pool;
    const { jobs, resourceUsage } = this.#threading;
    const readers = jobs ?? Math.min(availableParallelism(), MOST_THREADS);
    // This one reads too, unless it is too slow.
    const threads = Math.max(1, this.#isTooSlow ? readers : readers - 1);
    const mostThreads = jobs ?? MOST_THREADS;
    this.#pool = new WorkerPool(this.#root, this.#options, { threads, mostThreads, resourceUsage });
    return this.#pool;
  }

  async #takeTurns(): Promise<void> {
    if (performance.now() - this.#lastTurn < TURN) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastTurn = performance.now();
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}

function cutDigests(digests: PackedDigests): PackedDigests[] {
  const parts: PackedDigests[] = [];
  const cursor = new DigestCursor(digests);
  let writer = new DigestWriter(MANIFESTS_A_TASK);
  while (cursor.next()) {
    writer.pushBytes(cursor.code, cursor.bytes.subarray(cursor.offset, cursor.offset + cursor.size));
    if (writer.length < MANIFESTS_A_TASK) continue;
    parts.push(writer.finish());
    writer = new DigestWriter(MANIFESTS_A_TASK);
  }
  if (writer.length > 0) parts.push(writer.finish());
  return parts;
}
