// Worker threads that read one root: as many as there are cores, more while the disk keeps them waiting.
import { Worker } from "node:worker_threads";
import type { ReadOptions, Task, TaskResult } from "./tasks.ts";
import type { WorkerData } from "./worker.ts";

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
  /** How often this process has waited so far (voluntary context switches), for a disk above all. */
  countWaits(): number;
}

/** More waits than this a second and thread mean that the disk, not the processor, is what reading waits for. */
const DISK_WAITS = 200;
/** What handing over one task costs in waits, at both ends. */
const WAITS_A_TASK = 4;
/** How long the threads are watched before there are more of them, in milliseconds. */
const WATCH = 150;
/** Room for the short-lived objects of a thread, in MiB; the facts themselves lie outside the heap. */
const YOUNG_GENERATION = 8;

export class WorkerPool {
  readonly #data: WorkerData;
  readonly #mostThreads: number;
  readonly #countWaits: () => number;
  #watchedSince = performance.now();
  #waitsBefore: number;
  #tasksDone = 0;
  readonly #threads: Thread[] = [];
  readonly #queue: Job[] = [];
  #failure: Error | undefined;

  constructor(root: string, options: ReadOptions, { threads, mostThreads, countWaits }: PoolOptions) {
    this.#data = { root, options };
    this.#mostThreads = mostThreads;
    this.#countWaits = countWaits;
    this.#waitsBefore = countWaits();
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
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: this.#data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    const thread: Thread = { worker, job: undefined };
    this.#threads.push(thread);
    worker.on("message", (result: TaskResult) => {
      const job = thread.job as Job;
      thread.job = undefined;
      this.#tasksDone++;
      this.#growIfWaiting();
      this.#next();
      job.resolve(result);
    });
    worker.on("error", (error: Error) => this.#fail(error));
    worker.on("exit", (code) => {
      if (thread.job) this.#fail(new Error(`a reading thread ended with ${code}`));
    });
  }

  /** Twice the threads, where the disk is what they wait for and there is work for them. */
  #growIfWaiting(): void {
    const elapsed = performance.now() - this.#watchedSince;
    if (elapsed < WATCH) return;
    const waits = this.#countWaits();
    const diskWaits = waits - this.#waitsBefore - this.#tasksDone * WAITS_A_TASK;
    const isWaiting = diskWaits > (DISK_WAITS * this.#threads.length * elapsed) / 1000;
    this.#watchedSince = performance.now();
    this.#waitsBefore = waits;
    this.#tasksDone = 0;
    if (!isWaiting) return;
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
