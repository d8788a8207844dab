// A run is given up before memory ends, and not before.
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { heap, MemoryGuard } from "../../src/output/memory-guard.ts";

const node = Number(process.versions.node.split(".")[0]);
const MIB = 2 ** 20;

it("gives up when nearly all that the system gives is in use", () => {
  const memory = { resident: () => 900 * MIB, most: 1000 * MIB, node };
  expect(() => new MemoryGuard(memory).check()).not.toThrow();
  const full = { ...memory, resident: () => 951 * MIB };
  expect(() => new MemoryGuard(full).check()).toThrow(/^memory ends: 951 MiB of 1,000 MiB are in use/);
  expect(() => new MemoryGuard({ ...full, most: undefined }).check()).not.toThrow();
});

it("looks again only after a while", () => {
  let looks = 0;
  const guard = new MemoryGuard({ resident: () => ++looks, most: 1000 * MIB, node });
  for (let check = 0; check < 1000; check++) guard.check();
  expect(looks).toBeLessThan(1000);
});

it("knows how much of V8's limit is for objects that stay", () => {
  const print = "console.log(require('node:v8').getHeapStatistics().heap_size_limit)";
  const limit = Number(execFileSync(process.execPath, ["--max-old-space-size=256", "-e", print], { encoding: "utf8" }));
  const own = Number(execFileSync(process.execPath, ["--max-old-space-size=512", "-e", print], { encoding: "utf8" }));
  expect(own - limit).toBe(256 * MIB);
  const [, here] = heap(node);
  const young = limit - 256 * MIB;
  expect(here).toBe(Number(execFileSync(process.execPath, ["-e", print], { encoding: "utf8" })) - young);
});
