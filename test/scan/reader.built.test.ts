// Reading a root alone and with threads is the same. The threads run the built program's worker.
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { BlobFacts, ManifestFacts, RepositoryFacts } from "../../src/facts/facts.ts";
import type { MemoryFacts, MemoryOptions } from "../../src/facts/memory.ts";
import { packDigests } from "../../src/facts/packed-digests.ts";
import { NextIndex } from "../../src/graph/next-index.ts";
import { RootGraph } from "../../src/graph/root-graph.ts";
import { nodeFs, type StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { performTask } from "../../src/scan/pool/tasks.ts";
import { type Progress, RootReader } from "../../src/scan/reader.ts";
import { inSharedMemory } from "../worlds/shared-index.ts";
import { failing } from "../worlds/watched-fs.ts";

vi.mock("../../src/scan/pool/worker-file.ts", () => ({
  WORKER_FILE: new URL("../../dist/worker.js", import.meta.url),
}));
/** What is done in this process passes here; threads have modules of their own. */
vi.mock("../../src/scan/pool/tasks.ts", async (actual) => {
  const tasks = await actual<typeof import("../../src/scan/pool/tasks.ts")>();
  return { ...tasks, performTask: vi.fn(tasks.performTask) };
});

const root = fileURLToPath(new URL("../../test-fixtures/incident", import.meta.url));
const names = ["infra-ci", "team/api", "team/api/server", "tools/builder", "tools/windows", "web/frontend"];

interface Setting {
  memory?: MemoryOptions;
  jobs?: number;
  fs?: StorageFs;
  progress?: Progress;
}

function reader(
  { jobs, fs = nodeFs, progress = () => {}, memory }: Setting,
  takeMemory?: (facts: MemoryFacts) => void,
) {
  const reading = { tagTimes: false, tagHistory: true, folders: "every", walksLayers: false } as const;
  const resourceUsage = () => ({ processorTime: 0, machineTime: 0, waits: 0 });
  const options = { ...reading, manifests: "2.8.3", jobs, resourceUsage, memory } as const;
  const made = new RootReader(fs, root, options, progress, takeMemory);
  onTestFinished(() => made.endThreads());
  return made;
}

/** Long enough for the next reading to be done by threads. */
const untilThreadsStart = () => new Promise((resolve) => setTimeout(resolve, 150));

async function readAll(setting: Setting, isLate: boolean) {
  const made = reader(setting);
  if (isLate) await untilThreadsStart();
  const repositories: RepositoryFacts[] = [];
  const blobs: BlobFacts[] = [];
  await made.readRepositories(names, (facts) => repositories.push(facts));
  const { shards } = await made.readBlobs((facts) => blobs.push(facts));
  const byName = (a: RepositoryFacts, b: RepositoryFacts) => (a.name < b.name ? -1 : 1);
  const byDigest = blobs.map((facts) => JSON.stringify(facts)).sort();
  return { repositories: repositories.sort(byName), shards, blobs: byDigest };
}

/** Digests that no store holds, from one number up to another. */
function absentBlobs(first: number, end: number) {
  const numbers = Array.from({ length: end - first }, (_, index) => first + index);
  const digests = packDigests(numbers.map((number) => `sha256:${number.toString(16).padStart(64, "0")}`));
  return { digests, sizes: new Float64Array(numbers.length) };
}

/** How many of thirty batches are read in this process. */
async function readManyManifests(setting: Setting): Promise<number> {
  const made = reader(setting);
  await untilThreadsStart();
  const before = vi.mocked(performTask).mock.calls.length;
  let rows = 0;
  await made.readManifests(30 * 512, absentBlobs, (_, { states }) => {
    rows += states.length;
  });
  expect(rows).toBe(30 * 512);
  return vi.mocked(performTask).mock.calls.length - before;
}

describe("RootReader", () => {
  it("takes the same from an index alone, and with threads that share it", async () => {
    const { dev } = statSync(root);
    const settledBefore = new Map([[dev, Number.POSITIVE_INFINITY]]);
    const first = new NextIndex(new RootGraph());
    const remembering = reader({ jobs: 1, memory: { index: undefined, seed: 7, settledBefore } }, (facts) =>
      first.add(facts),
    );
    await remembering.readRepositories(names, () => {});
    expect(first.taken.links).toBe(0);
    const index = inSharedMemory(first, 7);
    const taken = async (jobs: number, isLate: boolean) => {
      const next = new NextIndex(new RootGraph());
      const using = reader({ jobs, memory: { index, seed: 7, settledBefore: undefined } }, (facts) => next.add(facts));
      if (isLate) await untilThreadsStart();
      const calls = vi.mocked(performTask).mock.calls.length;
      await using.readRepositories(names, () => {});
      return { taken: next.taken, read: next.read, here: vi.mocked(performTask).mock.calls.length - calls };
    };
    const alone = await taken(1, false);
    expect(alone).toMatchObject({ taken: { links: first.read.links }, read: { links: 0 } });
    const threads = await taken(2, true);
    // A task may be as little as one repository.
    expect(threads.here).toBeLessThan(names.length);
    expect([threads.taken, threads.read]).toEqual([alone.taken, alone.read]);
  });

  it("reads the same alone, with one thread, and with several", async () => {
    const alone = await readAll({ jobs: 1 }, false);
    expect(alone.repositories.map(({ name }) => name)).toEqual(names);
    expect(alone.blobs).toHaveLength(alone.shards.length);
    expect(await readAll({ jobs: 2 }, true)).toEqual(alone);
    expect(await readAll({}, true)).toEqual(alone);
  });

  it("tells which manifests a batch is about, with threads too", async () => {
    const made = reader({ jobs: 2 });
    await untilThreadsStart();
    const batches: [number, ManifestFacts][] = [];
    await made.readManifests(1200, absentBlobs, (first, facts) => batches.push([first, facts]));
    // How large they are goes by how fast the storage seems.
    let next = 0;
    for (const [first, { states }] of batches.sort(([a], [b]) => a - b)) {
      expect(first).toBe(next);
      next += states.length;
    }
    expect(next).toBe(1200);
    expect(batches.length).toBeGreaterThan(2);
  });

  it("reads along with its threads", async () => {
    // By this clock no task takes any time, however busy the machine is.
    let now = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    setTimeout(() => {
      now += 150;
    }, 10);
    expect(await readManyManifests({ jobs: 2 })).toBeGreaterThan(1);
  });

  it("leaves reading to its threads where it takes long", async () => {
    vi.mocked(performTask).mockImplementationOnce((...task) => {
      const end = performance.now() + 300;
      while (performance.now() < end);
      return performTask(...task);
    });
    // The one that took long, and the one that it is made of here.
    expect(await readManyManifests({ jobs: 2 })).toBe(2);
  });

  it("reads a file system of the caller's own in this process, however long it takes", async () => {
    const made = reader({ jobs: 4, fs: failing(nodeFs, "EIO", /web\/frontend\/_layers/) });
    await untilThreadsStart();
    const repositories: RepositoryFacts[] = [];
    await made.readRepositories(names, (facts) => repositories.push(facts));
    expect(repositories.find(({ name }) => name === "web/frontend")?.unreadable).toMatchObject([{ error: "EIO" }]);
  });

  it("tells how far it has got", async () => {
    const steps: unknown[][] = [];
    const made = reader({ jobs: 2, progress: (...step) => steps.push(step) });
    await untilThreadsStart();
    await made.readRepositories(names, () => {});
    const done = steps.map(([, count]) => count as number);
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
    expect(steps).toEqual(done.map((count) => ["repositories", count, 6]));
    expect(done.at(-1)).toBe(6);
  });

  it("rejects with what the caller's own code throws, and can be closed then", async () => {
    const made = reader({ jobs: 2 });
    await untilThreadsStart();
    const reading = made.readRepositories(names, () => {
      throw new Error("not taken");
    });
    await expect(reading).rejects.toThrow("not taken");
    await made.endThreads();
  });
});
