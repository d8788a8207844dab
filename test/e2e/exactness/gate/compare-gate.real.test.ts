// Proves the judge of gates: it catches a gate that always says go, for each sort of harm, and names the price of one that
// never does.
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeImage, makeMultiArch } from "../../../../scripts/registry/content.ts";
import type { Damage } from "../damage/damages.ts";
import { gateDamageGroups } from "../damage/damages.ts";
import { playRound } from "../round.ts";
import { makeScratch } from "../scratch.ts";
import { buildWorld, type Worlds } from "../world.ts";
import { type AskGate, compareGate, makeOld } from "./compare-gate.ts";

let scratch: string;
let copies = 0;
const worlds: Worlds = {
  copyOf: async () => {
    copies += 1;
    const copy = join(scratch, `copy-${copies}`);
    await cp(join(scratch, "world"), copy, { recursive: true, verbatimSymlinks: true });
    return copy;
  },
  removeAll: async () => {},
};

beforeAll(async () => {
  scratch = await makeScratch("exactness-gate-machinery");
  const pushes = [
    { image: makeMultiArch("multi"), tag: "multi" },
    { image: makeImage("single"), tag: "single" },
  ];
  await buildWorld(
    { repositories: [{ name: "app", pushes, unfinishedUploads: [], deleted: [] }] },
    join(scratch, "world"),
  );
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

const alwaysGo: AskGate = async () => ({ exitCode: 0, reasons: [], codes: [] });
const neverGo: AskGate = async () => ({ exitCode: 4, reasons: ["app: 3 things"], codes: [] });

async function judged(ask: AskGate, ...damages: Damage[]) {
  const play = { comparisons: [compareGate(ask)], groups: gateDamageGroups, prepare: makeOld };
  const { differences, counts } = await playRound(worlds, { world: 0, damages }, play);
  return { texts: differences.map(({ sort, text }) => `${sort}: ${text}`), counts };
}

describe("a gate that always says go", () => {
  it.each([
    ["takes a platform that is served", undefined, /app:multi is no longer served \S+ \[-m, -m --allow-broken/],
    ["takes what could be repaired", "revision-link-removed", /can no longer be repaired from sha256:\w+ \[plain/],
    ["takes what is being pushed", "push-cut-after-layer-links", /written within the hour/],
    ["aborts", "blob-folder-name-bit-flipped", /ends with 1: .*invalid checksum digest format/],
    ["aborts for the user who collects", "shard-read-only", /ends with 1: .*permission denied/],
    ["empties another root", "blobs-shared-with-other-root", /app:(multi|single) is no longer served/],
    ["overlooks a push before the collection", undefined, /layers were pushed since \[--recheck\]/],
    ["aborts at what is immutable", "data-immutable", /ends with 1: .*operation not permitted/],
  ])("is caught where the collection %s", async (_, kind, harm) => {
    const damages = kind === undefined ? [] : [{ kind, at: 0, other: 0 }];
    const { texts } = await judged(alwaysGo, ...damages);
    expect(texts).toContainEqual(expect.stringMatching(harm));
    expect(texts.every((text) => text.startsWith("false go"))).toBe(true);
  });
});

it("a gate that never says go is no danger, and has its price", async () => {
  const { texts, counts } = await judged(neverGo);
  expect(texts).toEqual([expect.stringMatching(/^no go for a healthy world: stop: app: 3 things \[plain, /)]);
  expect(counts["price: stop: N things"]).toBeGreaterThan(2);
});
