// Worker threads that read one root, more of them while the storage keeps them waiting (pace.ts). A thread that dies (no memory, no
// file descriptors) is not replaced; what it was at work on is handed back.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { Pace } from "./pace.ts";
import type { ResourceUsage } from "./resource-usage.ts";
import type { ControlledContentTask, ReadOptions, Task, TaskDone } from "./tasks.ts";
import type { WorkerData } from "./worker.ts";
import { WORKER_FILE } from "./worker-file.ts";

/** A task, and whom to tell what came of it. */
export interface Job<T> {
  readonly task: T;
  resolve(result: TaskDone): void;
  reject(error: Error): void;
}

interface Thread<T> {
  readonly worker: Worker;
  /** What it is at work on, and what it goes on with, so that it need not wait for this thread to have time for it. */
  readonly jobs: Job<T>[];
  /** Whether it has done a task: before, it is still starting. */
  isStarted: boolean;
  /** Whether it is given no more. */
  isLeaving: boolean;
}

export interface PoolOptions {
  /** Threads to begin with, and at most. */
  readonly threads: number;
  readonly mostThreads: number;
  /** What this process and the machine have used so far. */
  resourceUsage(): ResourceUsage;
  /** What was seen before there were threads. */
  readonly pace?: Pace;
}

/** A task that came to nothing since its thread died, or there is none left. It can be done again. */
export class LostThreadError extends Error {
  override readonly name = "LostThreadError";
}

/** How many tasks a thread is given at a time. */
const JOBS_A_THREAD = 3;
/** Room for the short-lived objects of a thread, in MiB; the facts themselves lie outside the heap. */
const YOUNG_GENERATION = 4;

export class WorkerPool<T extends Task | ControlledContentTask = Task> {
  readonly #data: WorkerData;
  readonly #mostThreads: number;
  readonly #pace: Pace;
  readonly #threads: Thread<T>[] = [];
  readonly #queue: Job<T>[] = [];
  #isClosing = false;

  /** `root` and `options` are of the tasks that read a root; without options there are none of these. */
  constructor(
    root: string,
    options: ReadOptions | undefined,
    { threads, mostThreads, resourceUsage, pace = new Pace(resourceUsage, availableParallelism()) }: PoolOptions,
  ) {
    this.#data = { root, options };
    this.#mostThreads = mostThreads;
    this.#pace = pace;
    for (let thread = 0; thread < threads; thread++) this.grow();
  }

  /** Has a task done. Rejects with a LostThreadError when its thread dies, or none is left. */
  run(task: T): Promise<TaskDone> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#next();
    });
  }

  /** A task that no thread has been given yet, taken out to be done elsewhere; none once the pool is closed. */
  takeWaiting(): Job<T> | undefined {
    return this.#isClosing ? undefined : this.#queue.shift();
  }

  /** Whether the storage was seen to be what reading waits for. */
  get isCold(): boolean {
    return this.#pace.isWaiting === true;
  }

  /** The threads that are alive. */
  get size(): number {
    return this.#threads.length;
  }

  /** Ends the threads; what they are at work on never settles. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  /** Starts one more thread, unless there are as many as may be. */
  grow(): void {
    const worker = this.#threads.length < this.#mostThreads && startWorker(this.#data);
    if (!worker) return;
    const thread: Thread<T> = { worker, jobs: [], isStarted: false, isLeaving: false };
    this.#threads.push(thread);
    worker.on("message", (result: TaskDone) => {
      const job = thread.jobs.shift() as Job<T>;
      thread.isStarted = true;
      this.#adapt();
      this.#next();
      if (thread.isLeaving && thread.jobs.length === 0) void worker.terminate();
      job.resolve(result);
    });
    worker.on("error", (error: Error) => this.#lose(thread, error.message));
    worker.on("messageerror", (error: Error) => {
      this.#lose(thread, error.message);
      void worker.terminate();
    });
    worker.on("exit", (code) => this.#lose(thread, `it ended with ${code}`));
  }

  /** More threads where the storage is what they wait for and there is work for them; fewer where the last gained nothing. */
  #adapt(): void {
    const staying = this.#threads.filter(({ isLeaving }) => !isLeaving);
    if (staying.some(({ isStarted }) => !isStarted)) {
      this.#pace.restart();
      return;
    }
    const most = Math.min(this.#mostThreads, staying.length + this.#queue.length);
    const wanted = this.#pace.wanted(staying.length, most);
    for (let more = wanted - staying.length; more > 0; more--) this.grow();
    for (const thread of staying.slice(wanted)) thread.isLeaving = true;
  }

  #next(): void {
    if (this.#threads.length === 0) this.#handBack(this.#queue.splice(0), "no thread is left");
    for (let jobs = 0; jobs < JOBS_A_THREAD; jobs++) {
      for (const thread of this.#threads) {
        const job = thread.jobs.length <= jobs && !thread.isLeaving ? this.#queue.shift() : undefined;
        if (!job) continue;
        thread.jobs.push(job);
        thread.worker.postMessage(job.task);
      }
    }
  }

  /** Takes a dead thread out, so that no task waits for it. It may be told of more than once. */
  #lose(thread: Thread<T>, why: string): void {
    const place = this.#threads.indexOf(thread);
    if (this.#isClosing || place < 0) return;
    this.#threads.splice(place, 1);
    const [job, ...next] = thread.jobs;
    this.#queue.unshift(...next);
    if (job) this.#handBack([job], why);
    this.#next();
  }

  #handBack(jobs: readonly Job<T>[], why: string): void {
    for (const job of jobs) job.reject(new LostThreadError(`a reading thread died: ${why}`));
  }
}

/** Undefined where the system has no room for another thread. */
function startWorker(workerData: WorkerData): Worker | undefined {
  try {
    return new Worker(WORKER_FILE, {
      workerData,
      // Each file is closed where it was opened; to keep account of them all would cost with every link.
      trackUnmanagedFds: false,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
  } catch {
    return undefined;
  }
}
