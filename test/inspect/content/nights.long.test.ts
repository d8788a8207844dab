// Thirty nights with a tenth of the content each, while images come and go, runs are killed and disks are full.
import { mkdirSync, readFileSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobPath, layerLinkPath, revisionLinkPath } from "../../../scripts/fixtures/storage.ts";
import { BYTES_A_ROW, ContentRecord, fileMark } from "../../../src/facts/content-record.ts";
import { readContentFile } from "../../../src/output/content-file.ts";
import type { StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../../worlds/scan-world.ts";
import { temporaryFolder } from "../../worlds/temporary-folder.ts";
import { watched } from "../../worlds/watched-fs.ts";
import { type Image, World } from "../../worlds/world.ts";

const DAY = 86_400_000;
const FIRST = Date.UTC(2027, 0, 1, 1, 30);
const user = { uid: process.geteuid!(), gid: process.getegid!() };

/** A registry whose layers are of very different sizes. */
class Months {
  readonly world = new World();
  /** The layers that are in the store, each with the night since which. */
  readonly layers = new Map<string, number>();
  readonly #images: { readonly tag: string; readonly image: Image }[] = [];
  #random = 1;

  constructor(images: number) {
    for (let image = 0; image < images; image++) this.push(-1);
  }

  push(night: number): void {
    const app = this.world.repository("app");
    const layers = Array.from({ length: 1 + (this.#draw() % 3) }, () => {
      const size = 10 ** (2 + (this.#draw() % 1000) / 500);
      const layer = app.layer(this.world.unique("layer").padEnd(size, "."));
      this.world.touch(blobPath(layer.digest), FIRST + night * DAY - DAY / 2);
      this.layers.set(layer.digest, night);
      return layer;
    });
    const tag = `v${night}-${this.#random}`;
    this.#images.push({ tag, image: app.image(tag, layers) });
  }

  /** The oldest image goes, with its layers, as a garbage collection takes them. */
  remove(): void {
    const { tag, image } = this.#images.shift()!;
    this.world.remove(`docker/registry/v2/repositories/app/_manifests/tags/${tag}`);
    this.world.removeEntry(revisionLinkPath("app", image.digest));
    this.world.removeEntry(blobPath(image.digest));
    for (const { digest } of [image.config, ...image.layers]) {
      this.world.removeEntry(layerLinkPath("app", digest));
      this.world.removeEntry(blobPath(digest));
      this.layers.delete(digest);
    }
  }

  get bytes(): number {
    let bytes = 0;
    for (const digest of this.layers.keys()) bytes += this.sizeOf(digest);
    return bytes;
  }

  sizeOf(digest: string): number {
    return this.world.fs.statSync(`${this.world.root}/${blobPath(digest)}`).size;
  }

  #draw(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random;
  }
}

/** When each layer was verified, by what the file says: seconds since 1970. */
async function verifiedTimes(months: Months, file: string): Promise<Map<string, number>> {
  const history = await readContentFile(file, user);
  if (typeof history !== "object") throw new Error(String(history));
  const record = new ContentRecord(history.roots.get(months.world.root));
  const times = new Map<string, number>();
  for (const digest of months.layers.keys()) {
    const { size, mtimeMs } = months.world.fs.statSync(`${months.world.root}/${blobPath(digest)}`);
    const word = (index: number) => Number.parseInt(digest.slice(7 + index * 8, 15 + index * 8), 16);
    const evidence = record.find(word(0), word(1), fileMark(size, mtimeMs));
    if (evidence) times.set(digest, evidence.verifiedAt);
  }
  return times;
}

interface Night {
  readonly args: readonly string[];
  readonly clock: (start: number) => number | (() => number);
  readonly fs: StorageFs;
}

/** Thirty nights; gives by layer the nights in which it was verified, and tests what each night leaves behind. */
async function thirtyNights(
  months: Months,
  night: (budget: number) => Night,
  bad: (night: number) => "killed" | "full" | undefined,
) {
  const state = join(temporaryFolder(), "state.json");
  const nights = new Map<string, number[]>();
  let good = 0;
  for (let day = 0; day < 30; day++) {
    if (day % 2 === 1) {
      months.push(day);
      months.remove();
    }
    const start = FIRST + day * DAY;
    const before = good === 0 ? new Map<string, number>() : await verifiedTimes(months, `${state}.content`);
    const { args, clock, fs } = night(Math.ceil(months.bytes / 10));
    const scan = ["scan", "--format", "json", "--verify-content", ...args, "--state", state, months.world.root];
    const kind = bad(day);
    if (kind === "killed") {
      let reads = 0;
      const dying = {
        ...watched(fs, () => {}),
        readSync: ((...call: Parameters<StorageFs["readSync"]>) => {
          if (++reads > 150) throw new Error("killed");
          return fs.readSync(...call);
        }) as StorageFs["readSync"],
      };
      await expect(runProgram(dying, scan, clock(start))).rejects.toThrow("killed");
      continue;
    }
    if (kind === "full") {
      // What it writes beside the file cannot be put in its place.
      const file = `${state}.content`;
      const content = readFileSync(file);
      renameSync(file, `${state}.kept`);
      mkdirSync(file);
      expect((await runProgram(fs, scan, clock(start))).exitCode).toBe(8);
      rmdirSync(file);
      renameSync(`${state}.kept`, file);
      expect(readFileSync(file)).toEqual(content);
      continue;
    }
    const run = await runProgram(fs, scan, clock(start));
    expect([run.exitCode, run.warnings]).toEqual([0, []]);
    good++;
    const after = await verifiedTimes(months, `${state}.content`);
    for (const [digest, time] of after) {
      if (before.get(digest) === time) continue;
      nights.set(digest, [...(nights.get(digest) ?? []), day]);
    }
    const blobs = months.layers.size * 3 + 10;
    expect(readFileSync(`${state}.content`).length).toBeLessThan(1000 + blobs * BYTES_A_ROW);
  }
  return nights;
}

/** What a night with a tenth in bytes is. */
const byBytes = (months: Months) => (budget: number) => ({
  args: ["--max-bytes", String(budget)],
  clock: (start: number) => start,
  fs: months.world.fs,
});

/** With a tenth in time, on a disk that gives a byte a millisecond. */
const byTime = (months: Months) => (budget: number) => {
  let elapsed = 0;
  const fs = {
    ...watched(months.world.fs, () => {}),
    readSync: ((...call: Parameters<StorageFs["readSync"]>) => {
      const length = months.world.fs.readSync(...call);
      if (length > 1000) elapsed += length;
      return length;
    }) as StorageFs["readSync"],
  };
  return {
    args: ["--max-time", `${budget / 1000}s`],
    clock: (start: number) => () => start + elapsed,
    fs,
  };
};

/** Holds the nights in which each layer was verified against what is promised; `lost` nights wrote nothing. */
function judge(months: Months, nights: ReadonlyMap<string, readonly number[]>, lost: number) {
  for (const [digest, since] of months.layers) {
    const verified = nights.get(digest) ?? [];
    const ends = [since, ...verified, 29];
    const gaps = ends.slice(1).map((night, index) => night - Math.max(ends[index]!, 0));
    expect(Math.max(...gaps), `${digest} of night ${since}: ${verified}`).toBeLessThanOrEqual(11 + lost);
    if (since > 0 && lost === 0) expect(verified[0], `${digest} of night ${since}`).toBe(since);
  }
  const there = [...months.layers].filter(([, since]) => since < 0).map(([digest]) => nights.get(digest) ?? []);
  for (let day = 0; day < 30; day++) {
    const counts = there.map((verified) => verified.filter((night) => night <= day).length);
    expect(Math.max(...counts) - Math.min(...counts), `by night ${day}`).toBeLessThanOrEqual(1);
  }
  expect(Math.max(...there.map(({ length }) => length))).toBeGreaterThan(2 - lost / 3);
}

describe("thirty nights with a tenth of the content each", () => {
  it.each([
    ["bytes", byBytes],
    ["time", byTime],
  ])("verify every blob within eleven, new ones at once, none twice before all once (%s)", async (_, budgets) => {
    const months = new Months(80);
    const nights = await thirtyNights(months, budgets(months), () => undefined);
    judge(months, nights, 0);
  });

  it("lose no more than the nights that are killed, or end with a full disk", async () => {
    const months = new Months(80);
    const bad = new Map<number, "killed" | "full">([
      [3, "killed"],
      [7, "full"],
      [12, "killed"],
    ]);
    judge(months, await thirtyNights(months, byBytes(months), (night) => bad.get(night)), 3);
  });
});
