// The threads run the built program's worker.
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { BlobFacts } from "../../../src/facts/facts.ts";
import { nodeFs } from "../../../src/scan/fs/storage-fs.ts";
import { LostThreadError, WorkerPool } from "../../../src/scan/pool/pool.ts";
import type { ResourceUsage } from "../../../src/scan/pool/resource-usage.ts";
import { performTask, type ReadOptions, type Task } from "../../../src/scan/pool/tasks.ts";

vi.mock("../../../src/scan/pool/worker-file.ts", () => ({
  WORKER_FILE: new URL("../../../dist/worker.js", import.meta.url),
}));

const root = fileURLToPath(new URL("../../../test-fixtures/small", import.meta.url));
const options: ReadOptions = {
  tagTimes: false,
  tagHistory: true,
  folders: "every",
  walksLayers: true,
  manifests: "3.1",
};
const names: Task = { kind: "repositories", names: ["infra-ci", "team/api", "tools/builder"], pieceSize: 4096 };
const shard = (prefix: string): Task => ({ kind: "blobs", shard: { algorithm: "sha256", prefix } });
/** No task at all: the thread that is given it dies. */
const deadly = { kind: "blobs", shard: undefined } as unknown as Task;

function pool(
  threads: number,
  mostThreads = threads,
  resourceUsage = (): ResourceUsage => ({ processorTime: 0, machineTime: 0, waits: 0 }),
) {
  const made = new WorkerPool(root, options, { threads, mostThreads, resourceUsage });
  onTestFinished(() => made.close());
  return made;
}

describe("WorkerPool", () => {
  it("gives what the task gives in this process", async () => {
    const threads = pool(2);
    const tasks = [names, shard("06"), shard("17"), shard("ff")];
    const results = await Promise.all(tasks.map((task) => threads.run(task)));
    expect(results).toEqual(tasks.map((task) => performTask(nodeFs, root, task, options)));
    expect((results[1]!.result as BlobFacts).states.length).toBe(2);
  });

  it("does more tasks than it has threads", async () => {
    const threads = pool(1);
    const prefixes = Array.from({ length: 20 }, (_, index) => index.toString(16).padStart(2, "0"));
    const results = await Promise.all(prefixes.map((prefix) => threads.run(shard(prefix))));
    expect(results).toHaveLength(20);
    expect(threads.size).toBe(1);
  });

  it("hands back the task of a thread that dies, and goes on with the others", async () => {
    const threads = pool(2);
    const lost = threads.run(deadly);
    const others = Array.from({ length: 10 }, () => threads.run(shard("06")));
    await expect(lost).rejects.toBeInstanceOf(LostThreadError);
    expect(await Promise.all(others)).toHaveLength(10);
    expect(threads.size).toBe(1);
  });

  it("hands back every task once no thread is left", async () => {
    const threads = pool(1);
    const lost = [threads.run(deadly), threads.run(shard("06"))];
    for (const result of await Promise.allSettled(lost)) expect(result.status).toBe("rejected");
    expect(threads.size).toBe(0);
    await expect(threads.run(shard("06"))).rejects.toBeInstanceOf(LostThreadError);
  });

  it("gives out what no thread is at work on, to be done elsewhere", async () => {
    const threads = pool(1);
    const results = Array.from({ length: 10 }, () => threads.run(shard("06")));
    const waiting = threads.takeWaiting();
    expect(waiting?.task).toEqual(shard("06"));
    waiting?.resolve(performTask(nodeFs, root, shard("06"), options));
    expect(await Promise.all(results)).toHaveLength(10);
    expect(threads.takeWaiting()).toBeUndefined();
  });

  it("gives out nothing once it is closed", async () => {
    const threads = pool(1);
    for (let more = 0; more < 10; more++) void threads.run(shard("06"));
    await threads.close();
    expect(threads.takeWaiting()).toBeUndefined();
  });

  it("starts no more threads than the most", () => {
    const threads = pool(1, 2);
    for (let more = 0; more < 3; more++) threads.grow();
    expect(threads.size).toBe(2);
  });

  it("starts more threads while the storage keeps it waiting, up to the most", async () => {
    let waits = 0;
    const threads = pool(1, 4, () => {
      waits += 1_000_000;
      return { processorTime: 0, machineTime: 0, waits };
    });
    // Until the first look at how cold the disk is, and then until all threads are there.
    while (threads.size < 4) await Promise.all(Array.from({ length: 50 }, () => threads.run(shard("06"))));
    await Promise.all(Array.from({ length: 50 }, () => threads.run(shard("06"))));
    expect(threads.size).toBe(4);
  });

  it("starts no more threads where the processor is what they wait for, however often they wait", async () => {
    const startedAt = performance.now();
    let looks = 0;
    const threads = pool(1, 4, () => {
      looks += 1;
      // Two processors, the main thread's and the other's.
      const processorTime = (performance.now() - startedAt) * 2_000;
      return { processorTime, machineTime: processorTime, waits: looks * 1_000_000 };
    });
    while (looks < 3) await Promise.all(Array.from({ length: 50 }, () => threads.run(shard("06"))));
    expect(threads.size).toBe(1);
  });
});
