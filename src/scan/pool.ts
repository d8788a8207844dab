// Worker threads that read one root: as many as there are cores, more while the disk keeps them waiting.
import { Worker } from "node:worker_threads";
import type { ReadOptions, Task, TaskResult } from "./tasks.ts";
import type { WorkerData } from "./worker.ts";

interface Job {
  readonly task: Task;
  /** How many files or folders it touches, roughly. */
  readonly entries: number;
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
}

/** Above this many microseconds an entry the disk is waiting rather than the processor working (warm: 5 to 15). */
const SLOW_ENTRY = 60;

export class WorkerPool {
  readonly #data: WorkerData;
  readonly #mostThreads: number;
  readonly #threads: Thread[] = [];
  readonly #queue: Job[] = [];
  #failure: Error | undefined;

  constructor(root: string, options: ReadOptions, { threads, mostThreads }: PoolOptions) {
    this.#data = { root, options };
    this.#mostThreads = mostThreads;
    for (let thread = 0; thread < threads; thread++) this.#start();
  }

  /** Has a task done; `entries` says how big it is. Rejects when its thread dies, and from then on at once. */
  run(task: Task, entries: number): Promise<TaskResult> {
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else {
        this.#queue.push({ task, entries, resolve, reject });
        this.#next();
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(): void {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: this.#data });
    const thread: Thread = { worker, job: undefined };
    this.#threads.push(thread);
    worker.on("message", ({ result, milliseconds }: { result: TaskResult; milliseconds: number }) => {
      const job = thread.job as Job;
      thread.job = undefined;
      if ((milliseconds * 1000) / job.entries > SLOW_ENTRY) this.#grow();
      this.#next();
      job.resolve(result);
    });
    worker.on("error", (error: Error) => this.#fail(error));
    worker.on("exit", (code) => {
      if (thread.job) this.#fail(new Error(`a reading thread ended with ${code}`));
    });
  }

  /** Twice the threads, where the disk is what they wait for and there is work for them. */
  #grow(): void {
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
