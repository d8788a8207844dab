import { memfs } from "memfs";
import { describe, expect, it } from "vitest";
import type { StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { throttled } from "../../../src/scan/fs/throttled-fs.ts";

describe("throttled", () => {
  it("sleeps so long that no more calls are made in a second than it allows", () => {
    const { fs } = memfs({ "/root/file": "x" });
    let time = 0;
    const clock = { now: () => time, sleep: (milliseconds: number) => (time += milliseconds) };
    const slow = throttled(fs as unknown as StorageFs, { maxIops: 200 }, clock);
    for (let call = 0; call < 200; call++) slow.statSync("/root/file");
    // Twenty turns of ten calls, the last of which has just begun.
    expect(time).toBe(950);
  });

  it("sleeps so long that no more is read in a second than it allows, and reads no more at a time than that", () => {
    const { fs } = memfs({ "/root/file": "x".repeat(1_000_000) });
    let time = 0;
    const clock = { now: () => time, sleep: (milliseconds: number) => (time += milliseconds) };
    const slow = throttled(fs as unknown as StorageFs, { maxBytesPerSecond: 200_000 }, clock);
    const file = slow.openSync("/root/file", "r");
    const buffer = Buffer.alloc(1 << 20);
    const lengths = [];
    for (let length = 1; length > 0; lengths.push(length)) length = slow.readSync(file, buffer, 0, buffer.length, null);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(10_000);
    expect(time).toBeGreaterThan(4_800);
    expect(time).toBeLessThan(5_200);
  });

  it("is the file system itself where there is no limit", () => {
    const { fs } = memfs({});
    expect(throttled(fs as unknown as StorageFs, {})).toBe(fs);
  });

  it("gives what the file system gives, and throws what it throws", () => {
    const { fs } = memfs({ "/root/file": "x" });
    const slow = throttled(fs as unknown as StorageFs, { maxIops: 1_000_000 });
    expect(slow.readdirSync("/root")).toEqual(["file"]);
    expect(() => slow.openSync("/root/none", "r")).toThrow("ENOENT");
  });
});
