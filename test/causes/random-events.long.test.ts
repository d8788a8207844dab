// The rules of the causes whose event leaves more than missing blobs, on random worlds: named after the event, whatever else
// the world is, and not before.
// More of them: CAUSE_RUNS=200 npx vitest run --config .config/vitest.config.ts test/causes/random-events.long.test.ts
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  blobPath,
  layerLinkPath,
  repositoriesPath,
  revisionLinkPath,
  tagLinkPath,
} from "../../scripts/fixtures/storage.ts";
import { ownedFs, SERVER } from "../worlds/owners.ts";
import { randomWorlds } from "../worlds/random-world.ts";
import { scanWorld, type WorldScan } from "../worlds/scan-world.ts";
import { temporaryFolder } from "../worlds/temporary-folder.ts";
import type { Image, World } from "../worlds/world.ts";

const numRuns = Number(process.env["CAUSE_RUNS"] ?? 10);
const blobs = "docker/registry/v2/blobs";
const night = Date.parse("2026-04-19T03:00:00Z");

const codes = async (world: World, options: WorldScan = {}) =>
  (await scanWorld(world, options)).causes.map(({ code }) => code);

/** Images that the event strikes, beside the random ones. */
function pushed(world: World, repository: string, count: number): Image[] {
  return Array.from({ length: count }, (_, number) => world.repository(repository).image(`v${number}`));
}

function filesOf(world: World): string[] {
  const paths = world.memory.readdirSync(world.root, { recursive: true }) as string[];
  return paths.filter((path) => !path.includes("/index/")).sort();
}

const isFile = (world: World, path: string) => world.memory.statSync(`${world.root}/${path}`).isFile();

describe("torn-writes", () => {
  const events = fc.record({
    world: randomWorlds({ damaged: true }),
    zeroed: fc.boolean(),
    links: fc.integer({ min: 2, max: 4 }),
    contents: fc.integer({ min: 2, max: 4 }),
    apart: fc.integer({ min: 0, max: 30_000 }),
  });

  /** Tears links of one image, and blobs of others that were written `apart` milliseconds from each other. */
  function tear({
    world,
    zeroed,
    links,
    contents,
    apart,
  }: typeof events extends fc.Arbitrary<infer T> ? T : never): void {
    const [first, ...others] = pushed(world, "night", 3) as [Image, ...Image[]];
    const torn = [
      ...[first.config, ...first.layers].map(({ digest }) => layerLinkPath("night", digest)),
      ...[revisionLinkPath("night", others[1]!.digest), tagLinkPath("night", "v2")],
    ].slice(0, links);
    // What is zeroed shows in what every scan hashes; what is empty, anywhere.
    const known = zeroed
      ? others.flatMap((image) => [image.config])
      : others.flatMap((image) => [image.config, ...image.layers]);
    // Below an image whose manifest cannot be had nobody looks.
    const seen = links > 2 ? known.slice(0, known.length / 2) : known;
    const data = [...seen, others[0]!, first].slice(0, contents).map(({ digest }) => blobPath(digest));
    for (const [index, path] of [...torn, ...data].entries()) {
      const length = world.memory.statSync(`${world.root}/${path}`).size;
      world.write(path, zeroed ? Buffer.alloc(length) : "");
      world.touch(path, night + index * apart);
    }
  }

  it("is named after a night in which links and blobs were torn", async () => {
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        tear(event);
        expect(await codes(event.world)).toContain("torn-writes");
      }),
      { numRuns },
    );
  });
});

describe("partial-restore", () => {
  const worlds = randomWorlds({ damaged: false });

  it("is named where the restore left out _layers", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        for (const name of ["a", "b", "c"]) pushed(world, name, 1);
        for (const path of filesOf(world)) if (path.endsWith("/_layers/sha256")) world.remove(path);
        for (const path of filesOf(world)) if (path.endsWith("/_layers/sha512")) world.remove(path);
        expect(await codes(world)).toEqual(["partial-restore"]);
      }),
      { numRuns },
    );
  });

  it("is named where the restore of the blobs ended half-way", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.integer({ min: 0x60, max: 0xd0 }), async (world, end) => {
        pushed(world, "large", 100);
        for (let shard = end; shard < 256; shard++) {
          const path = `${blobs}/sha256/${shard.toString(16).padStart(2, "0")}`;
          if (world.memory.existsSync(`${world.root}/${path}`)) world.remove(path);
        }
        expect(await codes(world)).toEqual(["partial-restore"]);
      }),
      { numRuns },
    );
  });
});

describe("vanished", () => {
  it("is named in the run after a repository went, and in none before", async () => {
    const folder = temporaryFolder();
    const state = join(folder, "state.json");
    await fc.assert(
      fc.asyncProperty(randomWorlds({ damaged: true }), async (world) => {
        rmSync(state, { force: true });
        pushed(world, "gone", 2);
        const run = { options: ["--state", state, "--fail-on", "never"] };
        // The random damage is damage; no event.
        expect(await codes(world, run)).toEqual([]);
        expect(await codes(world, run)).toEqual([]);
        world.remove(`${repositoriesPath}/gone`);
        expect(await codes(world, run)).toEqual(["vanished"]);
      }),
      { numRuns },
    );
  });
});

describe("cache-state", () => {
  it("is named where the state is empty, cut or zeroed, and not where it is sound", async () => {
    const sound = JSON.stringify({ "app@sha256:00": { Key: "app@sha256:00", Expiry: "2026-05-01T00:00:00Z" } });
    const broken = fc.oneof(
      fc.constant(Buffer.alloc(0)),
      fc.integer({ min: 1, max: sound.length - 1 }).map((length) => Buffer.from(sound.slice(0, length))),
      fc.integer({ min: 1, max: 300 }).map((length) => Buffer.alloc(length)),
    );
    await fc.assert(
      fc.asyncProperty(randomWorlds({ damaged: false }), broken, async (world, state) => {
        world.write("scheduler-state.json", sound);
        expect(await codes(world, { kind: "cache" })).toEqual([]);
        world.write("scheduler-state.json", state);
        expect(await codes(world, { kind: "cache" })).toEqual(["cache-state"]);
      }),
      { numRuns },
    );
  });
});

describe("unreadable-for-registry", () => {
  const worlds = randomWorlds({ damaged: false });
  /** Of a single link or blob the file; of what many share, the directory. */
  const isJudged = (world: World, path: string) =>
    isFile(world, path) || !/\/(?:[0-9a-f]{64,}|tags\/.+|sha512)$/.test(path);

  it("is named where root left something closed, and not where it is open to all", async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.nat(10_000),
        fc.constantFrom(0o600, 0o640, 0o700, 0o000),
        async (world, pick, mode) => {
          const paths = filesOf(world).filter(
            (path) => path.startsWith("docker/registry/v2/") && isJudged(world, path),
          );
          const path = paths[pick % paths.length]!;
          const open = isFile(world, path) ? 0o644 : 0o755;
          const left = (bits: number) => ({ fs: ownedFs(world, SERVER, new Map([[path, { uid: 0, mode: bits }]])) });
          expect(await codes(world, left(open))).toEqual([]);
          expect(await codes(world, left(mode))).toEqual(["unreadable-for-registry"]);
        },
      ),
      { numRuns },
    );
  });

  it("is not named in a root of several owners that all may read", async () => {
    await fc.assert(
      fc.asyncProperty(randomWorlds({ damaged: true }), fc.nat(6), async (world, every) => {
        fc.pre(filesOf(world).some((path) => dirname(path).endsWith("sha256")));
        const foreign = filesOf(world).filter((_, index) => index % (every + 2) === 0);
        const others = new Map(foreign.map((path) => [path, { uid: 0, mode: isFile(world, path) ? 0o644 : 0o755 }]));
        expect(await codes(world, { fs: ownedFs(world, SERVER, others) })).toEqual([]);
      }),
      { numRuns },
    );
  });
});
