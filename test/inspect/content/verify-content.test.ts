// What is verified first, how budgets end, and what is remembered.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath } from "../../../scripts/fixtures/storage.ts";
import type { Finding } from "../../../src/contract/finding.ts";
import type { ScanReport } from "../../../src/contract/scan.ts";
import { damageWords } from "../../../src/report/text/damage.ts";
import { runProgram } from "../../worlds/scan-world.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";
import { recorded, watched } from "../../worlds/watched-fs.ts";
import { World } from "../../worlds/world.ts";

const DAY = 86_400_000;
const START = Date.UTC(2027, 0, 1);

/** Scans night after night, each with these options more; the layers that it opened, in order, and its report. */
function nightly(world: World) {
  const state = join(temporaryFolder(), "state.json");
  let night = 0;
  return {
    state,
    async scan(...options: string[]) {
      const { fs, paths } = recorded(world.fs, "openSync");
      const args = ["scan", "--format", "json", "--state", state, ...options, world.root];
      const { printed, exitCode, warnings } = await runProgram(fs, args, START + night++ * DAY);
      const read = paths.filter((path) => path.endsWith("/data")).map((path) => `sha256:${path.slice(-69, -5)}`);
      return { report: JSON.parse(printed) as ScanReport & { findings: object[] }, exitCode, warnings, read };
    },
  };
}

/** A layer so long that it counts, written long before the first night. */
function layerIn(world: World, name: string, text: string, length = 1000): ReturnType<World["blob"]> {
  const layer = world.repository(name).layer(text.padEnd(length, "."));
  world.touch(blobPath(layer.digest), START - 9 * DAY);
  return layer;
}

describe("the order in which content is verified", () => {
  it("is what tags need, then the rest, then what was verified longest ago; what is new goes before", async () => {
    const world = new World();
    const app = world.repository("app");
    const [tagged, untagged, other] = [
      layerIn(world, "app", "t"),
      layerIn(world, "app", "u"),
      layerIn(world, "app", "o"),
    ];
    app.image("v1", [tagged]);
    app.image("v2", [other]);
    const { scan } = nightly(world);
    const layers = (read: readonly string[]) =>
      read.filter((digest) => [tagged, untagged, other, fresh].some((one) => one?.digest === digest));
    let fresh: ReturnType<World["blob"]> | undefined;
    const nights: string[][] = [];
    for (let night = 0; night < 6; night++) {
      if (night === 4) {
        fresh = app.layer("fresh".padEnd(1000, "."));
        world.touch(blobPath(fresh.digest), START + 3.5 * DAY);
      }
      nights.push(layers((await scan("--verify-content", "--max-bytes", "1000")).read));
    }
    expect(new Set(nights.slice(0, 2).flat())).toEqual(new Set([tagged.digest, other.digest]));
    expect(nights[2]).toEqual([untagged.digest]);
    expect(nights[3]).toEqual(nights[0]);
    expect(nights[4]).toEqual([fresh!.digest]);
    expect(nights[5]).toEqual(nights[1]);
  });

  it("begins with what was corrupt, which stays a finding on nights that do not get to it", async () => {
    const world = new World();
    const [bad, good] = [layerIn(world, "app", "bad"), layerIn(world, "app", "good")];
    world.repository("app").image("v1", [bad, good]);
    world.write(blobPath(bad.digest), "bAd".padEnd(1000, "."));
    world.touch(blobPath(bad.digest), START - 8 * DAY);
    const { scan } = nightly(world);
    expect((await scan("--verify-content")).report.findings).toMatchObject([{ code: "digest-mismatch" }]);
    const second = await scan("--verify-content", "--max-bytes", "1000");
    expect(second.read.filter((digest) => digest === good.digest)).toEqual([]);
    expect(second.read).toContain(bad.digest);
    for (const options of [["--verify-content", "--max-bytes", "10"], []]) {
      const { report, exitCode } = await scan(...options);
      expect(report.findings).toMatchObject([{ code: "digest-mismatch", digest: bad.digest }]);
      expect(report.content?.corrupt).toEqual({ blobs: 1, bytes: 1000 });
      expect(exitCode).toBe(4);
    }
    world.write(blobPath(bad.digest), "bad".padEnd(1000, "."));
    expect((await scan()).report.findings).toEqual([]);
  });
});

describe("a budget", () => {
  it("ends the reading, not the run: what was read is sound, so the exit code is 0", async () => {
    const world = new World();
    const app = world.repository("app");
    app.image("v1", [layerIn(world, "app", "a"), layerIn(world, "app", "b"), layerIn(world, "app", "c", 5000)]);
    const { report, exitCode } = await nightly(world).scan("--verify-content", "--max-bytes", "2K");
    expect(exitCode).toBe(0);
    expect(report.content).toMatchObject({
      read: { blobs: 2, bytes: 2000 },
      ended: "max-bytes",
      tooLarge: 1,
      total: { blobs: 5 },
      verified: { blobs: 4 },
    });
  });

  it("in time ends with the read that it is at, and keeps nothing of the file", async () => {
    const world = new World();
    world.repository("app").image("v1", [layerIn(world, "app", "a", 3 << 20)]);
    let now = START;
    const fs = {
      ...recorded(world.fs, "openSync").fs,
      readSync: ((...call: Parameters<typeof world.fs.readSync>) => {
        const length = world.fs.readSync(...call);
        if (length > 100_000) now += 30_000;
        return length;
      }) as typeof world.fs.readSync,
    };
    const args = ["scan", "--format", "json", "--verify-content", "--max-time", "50s", world.root];
    const { printed, exitCode } = await runProgram(fs, args, () => now);
    expect(exitCode).toBe(0);
    expect(now - START).toBe(60_000);
    expect(JSON.parse(printed).content).toMatchObject({ read: { blobs: 0, bytes: 0 }, ended: "max-time" });
  });

  it("in time is not spent night after night on a file that no night can finish", async () => {
    const world = new World();
    const [large, small] = [layerIn(world, "app", "l", 8 << 20), layerIn(world, "app", "s", 1 << 20)];
    world.repository("app").image("v1", [large, small]);
    const state = join(temporaryFolder(), "state.json");
    const nights = [];
    for (let night = 0; night < 3; night++) {
      let now = START + night * DAY;
      const fs = {
        ...recorded(world.fs, "openSync").fs,
        // A MiB a second.
        readSync: ((...call: Parameters<typeof world.fs.readSync>) => {
          const length = world.fs.readSync(...call);
          now += length / 1048.576;
          return length;
        }) as typeof world.fs.readSync,
      };
      const args = ["scan", "--format", "json", "--verify-content", "--max-time", "5s", "--state", state, world.root];
      const { content } = JSON.parse((await runProgram(fs, args, () => now)).printed);
      nights.push([content.read.blobs, content.tooLarge, content.verified.blobs]);
    }
    // Only the first night does not know yet how slow the disk is.
    expect(nights).toEqual([
      [0, 0, 2],
      [1, 1, 3],
      [1, 1, 3],
    ]);
  });

  it("without content is wrong usage", async () => {
    const world = new World();
    const scan = (...options: string[]) => runProgram(world.fs, ["scan", ...options, world.root]);
    await expect(scan("--max-bytes", "1G")).rejects.toThrow("--max-bytes is how much content is read");
    await expect(scan("--max-time", "1h")).rejects.toThrow("--max-time is how much content is read");
    await expect(scan("--verify-content", "--max-bytes", "much")).rejects.toThrow("A size is a number of bytes");
  });
});

describe("what is remembered of content", () => {
  it("is 16 bytes a blob, of those alone that are in the store", async () => {
    const world = new World();
    const image = world.repository("app").image("v1", [layerIn(world, "app", "a")]);
    const other = layerIn(world, "app", "b");
    const { scan, state } = nightly(world);
    await scan("--verify-content");
    const size = () => readFileSync(`${state}.content`).length;
    const before = size();
    world.removeEntry(blobPath(other.digest));
    await scan("--verify-content");
    expect(before - size()).toBe(16);
    expect((await scan("--verify-content")).read).toContain(image.layers[0]!.digest);
  });

  it("is of one root each, and of a file that was written again nothing", async () => {
    const world = new World();
    const layer = layerIn(world, "app", "a");
    world.repository("app").image("v1", [layer]);
    const { scan } = nightly(world);
    expect((await scan("--verify-content")).report.content?.verified).toEqual((await scan()).report.content?.total);
    world.touch(blobPath(layer.digest), START + DAY);
    expect((await scan()).report.content?.verified.blobs).toBe(2);
  });

  it("is nothing of what a clock noted that was years ahead", async () => {
    const world = new World();
    world.repository("app").image("v1", [layerIn(world, "app", "a"), layerIn(world, "app", "b")]);
    const { scan, state } = nightly(world);
    const ahead = ["scan", "--verify-content", "--state", state, world.root];
    await runProgram(world.fs, ahead, START + 2000 * DAY);
    const known = [];
    for (let night = 0; night < 3; night++) {
      const { content } = (await scan("--verify-content", "--max-bytes", "1000")).report;
      known.push([content!.verified.blobs, content!.oldest]);
    }
    // Manifest and config are hashed by each scan.
    const oldest = expect.stringMatching(/^2027-01-0/);
    expect(known).toEqual([
      [3, oldest],
      [4, oldest],
      [4, oldest],
    ]);
  });

  it("stays, of roots that a run was not asked about", async () => {
    const world = new World();
    const layer = layerIn(world, "app", "a");
    world.repository("app").image("v1", [layer]);
    for (const name of ["one", "two"]) world.memory.cpSync(world.root, `/roots/${name}`, { recursive: true });
    world.memory.writeFileSync(`/roots/two/${blobPath(layer.digest)}`, "b".padEnd(1000, "."));
    const state = join(temporaryFolder(), "state.json");
    const exitCodes = [];
    for (const options of [["--verify-content", "/roots"], ["--verify-content", "/roots/one"], ["/roots"]]) {
      exitCodes.push((await runProgram(world.fs, ["scan", "--state", state, ...options], START)).exitCode);
    }
    expect(exitCodes).toEqual([4, 0, 4]);
  });

  it("is what another run found too, that began later and ended before", async () => {
    const world = new World();
    const layer = layerIn(world, "app", "a");
    world.repository("app").image("v1", [layer]);
    const { scan, state } = nightly(world);
    await scan("--verify-content");
    const before = readFileSync(`${state}.content`);
    world.write(blobPath(layer.digest), "b".padEnd(1000, "."));
    expect((await scan("--verify-content")).exitCode).toBe(4);
    const other = readFileSync(`${state}.content`);
    writeFileSync(`${state}.content`, before);
    const fs = watched(world.fs, () => writeFileSync(`${state}.content`, other));
    const long = ["scan", "--verify-content", "--max-bytes", "1", "--state", state, world.root];
    expect((await runProgram(fs, long, START + 2 * DAY)).exitCode).toBe(0);
    expect((await scan()).exitCode).toBe(4);
  });

  it("is begun afresh, with a word, where the file is damaged, and where it cannot be written the run says so", async () => {
    const world = new World();
    world.repository("app").image("v1");
    const { scan, state } = nightly(world);
    writeFileSync(`${state}.content`, "damaged");
    const first = await scan("--verify-content");
    expect(first.exitCode).toBe(0);
    expect(first.warnings.join()).toMatch(/not a file of regfsck; all content counts as not verified yet/);
    expect((await scan("--verify-content")).warnings).toEqual([]);
    const other = nightly(world);
    mkdirSync(`${other.state}.content`);
    expect((await other.scan("--verify-content")).exitCode).toBe(8);
  });

  it("is not written by a dry run, nor without --verify-content", async () => {
    const world = new World();
    world.repository("app").image("v1");
    const { scan, state } = nightly(world);
    await scan();
    await scan("--verify-content", "--dry-run");
    expect(() => readFileSync(`${state}.content`)).toThrow("ENOENT");
  });
});

describe("what is said of corrupt content", () => {
  /** A layer that was verified on the first night, and damaged after it. */
  async function damaged(damage: (world: World, path: string, content: Buffer) => void) {
    const world = new World();
    const layer = layerIn(world, "app", "a", 10_000);
    world.repository("app").image("v1", [layer]);
    const { scan } = nightly(world);
    await scan("--verify-content");
    const path = blobPath(layer.digest);
    damage(world, path, world.memory.readFileSync(`${world.root}/${path}`) as Buffer);
    const { report } = await scan("--verify-content");
    return report.findings as Finding[] as (Finding & { damage: NonNullable<Finding["damage"]> })[];
  }

  it("is that the storage changed it, where the file has its times", async () => {
    const [finding] = await damaged((world, path, content) => {
      const { mtimeMs, ctimeMs } = world.fs.statSync(`${world.root}/${path}`);
      world.write(path, content.fill("x", 5000, 5001));
      world.touch(path, mtimeMs);
      const { statSync } = world.memory;
      // Nothing but the storage itself leaves this time alone.
      world.memory.statSync = ((...call: Parameters<typeof statSync>) => {
        const stat = statSync(...call);
        return String(call[0]).endsWith(path) ? Object.assign(stat as object, { ctimeMs }) : stat;
      }) as typeof statSync;
    });
    expect(finding).toMatchObject({
      code: "digest-mismatch",
      damage: { bytes: 10_000, zeros: 0, firstZero: null, matchedAt: "2027-01-01T00:00:01.000Z", file: "unchanged" },
    });
    expect(damageWords(finding!.damage)).toBe(
      "it matched on 2027-01-01, and by its times nobody has written the file since: the storage changed it",
    );
  });

  it("is how much of it is zeros, and that it was written again, or cut short", async () => {
    const [zeroed] = await damaged((world, path, content) => {
      world.write(path, content.fill(0, 4096, 8192));
      world.touch(path, START + 1000);
    });
    expect(zeroed).toMatchObject({ damage: { zeros: 4096, firstZero: 4096, file: "rewritten" } });
    expect(damageWords(zeroed!.damage)).toBe(
      "4,096 of 10,000 bytes are blocks of zeros, the first at byte 4,096; it matched on 2027-01-01, and the file was written again since",
    );
    const [short] = await damaged((world, path, content) => world.write(path, content.subarray(0, 4000)));
    expect(short).toMatchObject({ code: "digest-mismatch", damage: { bytes: 4000, file: "rewritten" } });
    expect(damageWords(short!.damage)).toMatch(/^cut short: 4,000 of 10,000 bytes; /);
  });

  it("is where it begins, where another root has a sound copy", async () => {
    const world = new World();
    const layer = layerIn(world, "app", "a", 3_000_000);
    world.repository("app").image("v1", [layer]);
    world.memory.cpSync(world.root, "/roots/one", { recursive: true });
    world.memory.cpSync(world.root, "/roots/two", { recursive: true });
    const content = world.memory.readFileSync(`${world.root}/${blobPath(layer.digest)}`) as Buffer;
    world.memory.writeFileSync(`/roots/two/${blobPath(layer.digest)}`, content.fill("x", 2_500_000));
    const { printed } = await runProgram(world.fs, ["scan", "--format", "json", "--verify-content", "/roots"], START);
    const { findings } = JSON.parse(printed);
    expect(findings).toMatchObject([{ root: "two", damage: { firstDifference: { offset: 2_500_000, root: "one" } } }]);
    expect(damageWords(findings[0].damage)).toContain("the first other byte is at 2,500,000, by the copy in one");
  });
});
