import { memfs } from "memfs";
import { describe, expect, it } from "vitest";
import { isSpinning, Lanes } from "../../../src/scan/content/lanes.ts";
import { nodeFs, type StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { watched } from "../../worlds/watched-fs.ts";

/** How many files are read at a time, second by second, on a disk that gives so many bytes a second with one, and with more. */
function limits(lanes: Lanes, rates: { readonly one: number; readonly more: number }, seconds: number): number[] {
  const limit: number[] = [];
  let bytes = 0;
  for (let second = 0; second < seconds; second++) {
    lanes.measure(bytes, second * 1000);
    limit.push(lanes.limit);
    bytes += lanes.limit === 1 ? rates.one : rates.more;
  }
  return limit;
}

describe("how many files are read at a time", () => {
  it("is as many as there are threads where no disk spins", () => {
    expect(new Set(limits(new Lanes(4, false), { one: 900, more: 100 }, 20))).toEqual(new Set([4]));
  });

  it("is one on a spinning disk that is faster so, and all where it is not, as both are tried", () => {
    expect(limits(new Lanes(2, true), { one: 150, more: 60 }, 12)).toEqual([1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1]);
    expect(limits(new Lanes(2, true), { one: 300, more: 550 }, 12)).toEqual([1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  });

  it("is tried again later", () => {
    const lanes = new Lanes(2, true);
    limits(lanes, { one: 150, more: 60 }, 300);
    expect(limits(lanes, { one: 150, more: 400 }, 1300).slice(700)).toContain(2);
  });
});

describe("whether a disk spins", () => {
  const system = (files: Record<string, string>) => {
    const { fs } = memfs(files);
    return {
      ...watched(fs as unknown as StorageFs, () => {}),
      statSync: () => ({ dev: 0x801 }),
    } as unknown as StorageFs;
  };

  it("is what its queue says, or that of the disk that it is a partition of", () => {
    expect(isSpinning(system({ "/sys/dev/block/8:1/queue/rotational": "1\n" }), "/root")).toBe(true);
    expect(isSpinning(system({ "/sys/dev/block/queue/rotational": "1\n" }), "/root")).toBe(true);
    expect(isSpinning(system({ "/sys/dev/block/8:1/queue/rotational": "0\n" }), "/root")).toBe(false);
  });

  it("is no where nothing tells", () => {
    expect(isSpinning(nodeFs, "/proc/self")).toBe(false);
    expect(isSpinning(nodeFs, "/none")).toBe(false);
  });
});
