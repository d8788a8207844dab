// Two weeks of scripts/month.ts: the disk stays bounded with reclaim, and no image breaks.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeScratch } from "../exactness/scratch.ts";
import { playMonth } from "./month.ts";

let scratch: string;
beforeAll(async () => {
  scratch = await makeScratch("month");
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

it("reclaim and a garbage collection every week keep the disk as it is, and every image", async () => {
  const nights = await playMonth(join(scratch, "reclaim"), "reclaim", 14);
  expect(nights.flatMap(({ broken }) => broken)).toEqual([]);
  // The names of the nights differ in length.
  expect(nights[13]!.bytes / nights[6]!.bytes).toBeCloseTo(1, 1);
});

it("a garbage collection without a delete frees nothing, and one with -m breaks every image of several platforms", async () => {
  const plain = await playMonth(join(scratch, "plain"), "garbage-collect", 14);
  expect(plain[13]!.bytes).toBeGreaterThan(1.9 * plain[6]!.bytes);
  const untagged = await playMonth(join(scratch, "untagged"), "garbage-collect -m", 7);
  expect(untagged[6]!.broken).toHaveLength(untagged[6]!.tags);
});
