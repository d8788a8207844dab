// Worker threads that read one root: as many as there are cores, more while the disk keeps them waiting.
import { Worker } from "node:worker_threads";
import type { ReadOptions, Task, TaskResult } from "./tasks.ts";
import type { WorkerData } from "./worker.ts";
import { WORKER_FILE } from "./worker-file.ts";

interface Job {
  readonly task: Task;
  resolve(result: TaskResult): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
}

export interface PoolOptions {
  /** Threads to begin with, and at most. */
  readonly threads: number;
  readonly mostThreads: number;
  /** How many blocks this process has had read from disk so far, since they were not in memory. */
  countDiskReads(): number;
}

/** More blocks than this a second mean that the disk, not the processor, is what reading waits for. Warm: next to none. */
const COLD = 1000;
/** How long the threads are watched before there are more of them, in milliseconds. */
const WATCH = 150;
/** Room for the short-lived objects of a thread, in MiB; the facts themselves lie outside the heap. */
const YOUNG_GENERATION = 8;

export class WorkerPool {
  readonly #data: WorkerData;
  readonly #mostThreads: number;
  readonly #countDiskReads: () => number;
  #watchedSince = performance.now();
  #readsBefore: number;
  readonly #threads: Thread[] = [];
  readonly #queue: Job[] = [];
  #failure: Error | undefined;

  constructor(root: string, options: ReadOptions, { threads, mostThreads, countDiskReads }: PoolOptions) {
    this.#data = { root, options };
    this.#mostThreads = mostThreads;
    this.#countDiskReads = countDiskReads;
    this.#readsBefore = countDiskReads();
    for (let thread = 0; thread < threads; thread++) this.#start();
  }

  /** Has a task done. Rejects when a thread dies, and from then on at once. */
  run(task: Task): Promise<TaskResult> {
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else {
        this.#queue.push({ task, resolve, reject });
        this.#next();
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(): void {
    const worker = new Worker(WORKER_FILE, {
      workerData: this.#data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    const thread: Thread = { worker, job: undefined };
    this.#threads.push(thread);
    worker.on("message", (result: TaskResult) => {
      const job = thread.job as Job;
      thread.job = undefined;
      this.#growIfCold();
      this.#next();
      job.resolve(result);
    });
    worker.on("error", (error: Error) => this.#fail(error));
    worker.on("exit", (code) => {
      if (thread.job) this.#fail(new Error(`a reading thread ended with ${code}`));
    });
  }

  /** Twice the threads, where the disk is what they wait for and there is work for them. */
  #growIfCold(): void {
    const elapsed = performance.now() - this.#watchedSince;
    if (elapsed < WATCH) return;
    const reads = this.#countDiskReads();
    const isCold = ((reads - this.#readsBefore) * 1000) / elapsed > COLD;
    this.#watchedSince = performance.now();
    this.#readsBefore = reads;
    if (!isCold) return;
    const wanted = Math.min(this.#threads.length * 2, this.#mostThreads);
    while (this.#threads.length < wanted && this.#queue.length > this.#threads.length) this.#start();
  }

  #next(): void {
    for (const thread of this.#threads) {
      if (thread.job) continue;
      thread.job = this.#queue.shift();
      if (!thread.job) return;
      thread.worker.postMessage(thread.job.task);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const running = this.#threads.flatMap(({ job }) => job ?? []);
    for (const job of [...running, ...this.#queue.splice(0)]) job.reject(error);
  }
}
