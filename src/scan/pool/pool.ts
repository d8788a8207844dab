// Worker threads that read one root, more of them while the disk keeps them waiting. A thread that dies (no memory, no
// file descriptors) is not replaced; what it was at work on is handed back.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ReadOptions, Task, TaskDone } from "./tasks.ts";
import type { WorkerData } from "./worker.ts";
import { WORKER_FILE } from "./worker-file.ts";

/** A task, and whom to tell what came of it. */
export interface Job {
  readonly task: Task;
  resolve(result: TaskDone): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  /** What it is at work on, and what it goes on with, so that it need not wait for this thread to have time for it. */
  readonly jobs: Job[];
}

export type ResourceUsage = Pick<NodeJS.ResourceUsage, "fsRead" | "userCPUTime" | "systemCPUTime">;

export interface PoolOptions {
  /** Threads to begin with, and at most. */
  readonly threads: number;
  readonly mostThreads: number;
  /** What this process has used so far: blocks read from disk, as they were not in memory, and processor time (µs). */
  resourceUsage(): ResourceUsage;
}

/** A task that came to nothing since its thread died, or there is none left. It can be done again. */
export class LostThreadError extends Error {
  override readonly name = "LostThreadError";
}

/**
 * More blocks than this a second, and less of the processor in use than this, mean that the disk is what reading waits
 * for. A warm root: next to no blocks. The program's own pages may be read while it starts, but it is busy then.
 */
const COLD = { blocks: 1000, busy: 0.5 };
/** How long the threads are watched before there are more of them, in milliseconds. */
const WATCH = 150;
/** How many tasks a thread is given at a time. */
const JOBS_A_THREAD = 3;
/** Room for the short-lived objects of a thread, in MiB; the facts themselves lie outside the heap. */
const YOUNG_GENERATION = 4;

export class WorkerPool {
  readonly #data: WorkerData;
  readonly #mostThreads: number;
  readonly #resourceUsage: () => ResourceUsage;
  #watchedSince = performance.now();
  #before: ResourceUsage;
  readonly #threads: Thread[] = [];
  readonly #queue: Job[] = [];
  #isClosing = false;
  #isCold = false;

  constructor(root: string, options: ReadOptions, { threads, mostThreads, resourceUsage }: PoolOptions) {
    this.#data = { root, options };
    this.#mostThreads = mostThreads;
    this.#resourceUsage = resourceUsage;
    this.#before = resourceUsage();
    for (let thread = 0; thread < threads; thread++) this.grow();
  }

  /** Has a task done. Rejects with a LostThreadError when its thread dies, or none is left. */
  run(task: Task): Promise<TaskDone> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#next();
    });
  }

  /** A task that no thread has been given yet, taken out to be done elsewhere; none once the pool is closed. */
  takeWaiting(): Job | undefined {
    return this.#isClosing ? undefined : this.#queue.shift();
  }

  /** Whether the disk was seen to be what reading waits for. */
  get isCold(): boolean {
    return this.#isCold;
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
    const thread: Thread = { worker, jobs: [] };
    this.#threads.push(thread);
    worker.on("message", (result: TaskDone) => {
      const job = thread.jobs.shift() as Job;
      this.#growIfCold();
      this.#next();
      job.resolve(result);
    });
    worker.on("error", (error: Error) => this.#lose(thread, error.message));
    worker.on("messageerror", (error: Error) => {
      this.#lose(thread, error.message);
      void worker.terminate();
    });
    worker.on("exit", (code) => this.#lose(thread, `it ended with ${code}`));
  }

  /** Twice the threads, where the disk is what they wait for and there is work for them. */
  #growIfCold(): void {
    const elapsed = performance.now() - this.#watchedSince;
    if (elapsed < WATCH) return;
    const [before, now] = [this.#before, this.#resourceUsage()];
    this.#watchedSince = performance.now();
    this.#before = now;
    const blocks = ((now.fsRead - before.fsRead) * 1000) / elapsed;
    const processor = now.userCPUTime - before.userCPUTime + now.systemCPUTime - before.systemCPUTime;
    // The main thread reads too.
    const busy = processor / 1000 / elapsed / Math.min(this.#threads.length + 1, availableParallelism());
    if (blocks < COLD.blocks || busy > COLD.busy) return;
    this.#isCold = true;
    const wanted = Math.min(this.#threads.length * 2, this.#mostThreads);
    for (let more = wanted - this.#threads.length; more > 0 && this.#queue.length > this.#threads.length; more--) {
      this.grow();
    }
  }

  #next(): void {
    if (this.#threads.length === 0) this.#handBack(this.#queue.splice(0), "no thread is left");
    for (let jobs = 0; jobs < JOBS_A_THREAD; jobs++) {
      for (const thread of this.#threads) {
        const job = thread.jobs.length <= jobs ? this.#queue.shift() : undefined;
        if (!job) continue;
        thread.jobs.push(job);
        thread.worker.postMessage(job.task);
      }
    }
  }

  /** Takes a dead thread out, so that no task waits for it. It may be told of more than once. */
  #lose(thread: Thread, why: string): void {
    const place = this.#threads.indexOf(thread);
    if (this.#isClosing || place < 0) return;
    this.#threads.splice(place, 1);
    const [job, ...next] = thread.jobs;
    this.#queue.unshift(...next);
    if (job) this.#handBack([job], why);
    this.#next();
  }

  #handBack(jobs: readonly Job[], why: string): void {
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
