// A few of the rounds that scripts/exactness.ts --reclaim plays, and proof that its judge catches an offer that is wrong.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deleteManifest } from "../../../scripts/registry/client.ts";
import { makeImage, makeMultiArch, makeReferrer } from "../../../scripts/registry/content.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { playSeed } from "../exactness/campaign.ts";
import { damageGroups } from "../exactness/damage/damages.ts";
import { makeOld } from "../exactness/gate/compare-gate.ts";
import { makeScratch } from "../exactness/scratch.ts";
import { buildWorld, openWorlds, type Worlds } from "../exactness/world.ts";
import { compareReclaim } from "./compare-reclaim.ts";
import { collectCounting, holdingsOf, lossOf } from "./judge.ts";
import { planReclaimWorld } from "./world-plan.ts";

let worlds: Worlds;
let scratch: string;
beforeAll(async () => {
  worlds = await openWorlds(planReclaimWorld);
  scratch = await makeScratch("reclaim-judge");
});
afterAll(async () => {
  await worlds.removeAll();
  await rm(scratch, { recursive: true, force: true });
});

it("frees what it says, breaks nothing, and leaves nothing that could have gone", async () => {
  const play = {
    comparisons: [compareReclaim()],
    groups: damageGroups,
    damagesPerRoot: { min: 0, max: 1 },
    prepare: makeOld,
  };
  const differences: string[] = [];
  let scripts = 0;
  await playSeed(worlds, 1, 3, { ...play, worldsPerSeed: 20 }, ({ result }) => {
    differences.push(...result.differences.map(({ text }) => text));
    scripts += result.counts["scripts run"] ?? 0;
  });
  expect(differences).toEqual([]);
  expect(scripts).toBeGreaterThan(0);
});

it.each([
  ["a child", /app:multi is no longer served/],
  ["a referrer", /app:multi: what refers to it is no longer served/],
])("is judged by who notices where %s is deleted", async (what, loss) => {
  const root = join(scratch, what.slice(2));
  const [multi, single] = [makeMultiArch("multi"), makeImage("single")];
  const referrer = makeReferrer("signature", multi);
  const pushes = [{ image: multi, tag: "multi" }, { image: single }, { image: referrer }];
  await buildWorld({ repositories: [{ name: "app", pushes, unfinishedUploads: [], deleted: [] }] }, root);
  const before = await holdingsOf(root);
  await withRegistry({ root }, (url) => deleteManifest(url, "app", single.digest));
  expect(await collectCounting(root)).toBeGreaterThan(0);
  expect(lossOf(before, await holdingsOf(root), new Set())).toBeUndefined();
  const wrong = what === "a child" ? multi.children[0]! : referrer;
  await withRegistry({ root }, (url) => deleteManifest(url, "app", wrong.digest));
  await collectCounting(root);
  expect(lossOf(before, await holdingsOf(root), new Set())).toMatch(loss);
});
