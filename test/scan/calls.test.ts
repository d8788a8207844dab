// What a scan costs in calls to the file system: none is made twice, whatever is added to the reading later.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { chooseRoots } from "../../src/inspect/choose-roots.ts";
import { inspectRoot } from "../../src/inspect/inspect-root.ts";
import { RULES } from "../../src/registry/rules.ts";
import { nodeFs, type StorageFs } from "../../src/scan/fs/storage-fs.ts";

const healthy = fileURLToPath(new URL("../../test-fixtures/healthy", import.meta.url));

/** How often each path was stat'ed, opened and listed, and how many reads there were in all. */
async function countCalls(root: string, hashConfigs = false) {
  const stats = new Map<string, number>();
  const opens = new Map<string, number>();
  const lists = new Map<string, number>();
  let reads = 0;
  let closes = 0;
  const counted = <Args extends unknown[], Result>(counts: Map<string, number>, call: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      const path = String(args[0]);
      counts.set(path, (counts.get(path) ?? 0) + 1);
      return call(...args);
    };
  };
  const counting = {
    ...nodeFs,
    statSync: counted(stats, nodeFs.statSync),
    openSync: counted(opens, nodeFs.openSync),
    readdirSync: counted(lists, nodeFs.readdirSync as (...args: unknown[]) => unknown),
    readSync: (...args: Parameters<typeof nodeFs.readSync>) => {
      reads++;
      return nodeFs.readSync(...args);
    },
    closeSync: (file: number) => {
      closes++;
      nodeFs.closeSync(file);
    },
  } as unknown as StorageFs;
  const { chosen } = chooseRoots(counting, {
    paths: [root],
    repositories: [],
    caches: [],
    authoritative: [],
    kinds: new Map(),
  });
  const options = { tagTimes: false, tagHistory: false, jobs: undefined };
  await inspectRoot(
    counting,
    chosen[0]!,
    {
      ...options,
      rules: RULES[2],
      resourceUsage: () => ({ processorTime: 0, machineTime: 0, waits: 0 }),
      now: Date.now(),
      staleUploadAge: 0,
      allowEmpty: false,
      wholeRoot: true,
      hashConfigs,
      platforms: [],
    },
    () => {},
  );
  return { stats, opens, lists, reads, closes };
}

function filesCalled(name: string, root: string, below: string): string[] {
  const base = join(root, "docker/registry/v2", below);
  return (readdirSync(base, { recursive: true }) as string[])
    .filter((path) => path.endsWith(`/${name}`) && !path.includes("/index/"))
    .map((path) => join(base, path))
    .filter((path) => statSync(path).isFile());
}

describe("a scan of a healthy root", () => {
  it("stats each blob once", async () => {
    const { stats } = await countCalls(healthy);
    const blobs = filesCalled("data", healthy, "blobs");
    expect(blobs.map((path) => stats.get(path))).toEqual(blobs.map(() => 1));
  });

  it("opens each link and each manifest once, with one read and one close", async () => {
    const { opens, reads, closes } = await countCalls(healthy);
    const links = filesCalled("link", healthy, "repositories");
    expect(links.map((path) => opens.get(path))).toEqual(links.map(() => 1));
    const manifests = [...opens.keys()].filter((path) => path.endsWith("/data"));
    expect(manifests).toHaveLength(25);
    expect([...opens.values()].reduce((sum, count) => sum + count, 0)).toBe(links.length + manifests.length);
    expect([reads, closes]).toEqual([links.length + manifests.length, links.length + manifests.length]);
  });

  it("opens each config once too, with one read and one close, where it hashes them", async () => {
    const [without, counted] = [await countCalls(healthy), await countCalls(healthy, true)];
    const configs = [...counted.opens.keys()].filter((path) => !without.opens.has(path));
    expect(configs.length).toBeGreaterThan(10);
    expect(configs.map((path) => counted.opens.get(path))).toEqual(configs.map(() => 1));
    expect([counted.reads, counted.closes]).toEqual(
      [without.reads, without.closes].map((count) => count + configs.length),
    );
  });

  it("lists no folder of a digest, and no other that is there twice but the top", async () => {
    const { lists } = await countCalls(healthy);
    expect([...lists.keys()].filter((path) => /\/[0-9a-f]{64}$/.test(path))).toEqual([]);
    const twice = [...lists]
      .filter(([path, count]) => count > 1 && existsSync(path))
      .map(([path]) => path.slice(healthy.length));
    expect(twice.filter((path) => path.includes("/repositories/") || path.includes("/blobs/"))).toEqual([]);
  });
});
