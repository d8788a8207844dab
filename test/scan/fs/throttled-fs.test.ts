import { memfs } from "memfs";
import { describe, expect, it } from "vitest";
import type { StorageFs } from "../../../src/scan/fs/storage-fs.ts";
import { throttled } from "../../../src/scan/fs/throttled-fs.ts";

describe("throttled", () => {
  it("sleeps so long that no more calls are made in a second than it allows", () => {
    const { fs } = memfs({ "/root/file": "x" });
    let time = 0;
    const clock = { now: () => time, sleep: (milliseconds: number) => (time += milliseconds) };
    const slow = throttled(fs as unknown as StorageFs, 200, clock);
    for (let call = 0; call < 200; call++) slow.statSync("/root/file");
    // Twenty turns of ten calls, the last of which has just begun.
    expect(time).toBe(950);
  });

  it("gives what the file system gives, and throws what it throws", () => {
    const { fs } = memfs({ "/root/file": "x" });
    const slow = throttled(fs as unknown as StorageFs, 1_000_000);
    expect(slow.readdirSync("/root")).toEqual(["file"]);
    expect(() => slow.openSync("/root/none", "r")).toThrow("ENOENT");
  });
});
