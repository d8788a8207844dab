// A month of a registry with its descriptor cache on, collected with -m every Sunday while it serves, as nobody should: what
// HEAD says, what the disk says, and what a probe finds on its first run.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoriesPath } from "../../../scripts/fixtures/storage.ts";
import { hasBlob } from "../../../scripts/registry/client.ts";
import { type Image, makeImage, makeIndex, makeLayer } from "../../../scripts/registry/content.ts";
import { pushImage } from "../../../scripts/registry/push.ts";
import { collectGarbage, startRegistry, withRegistry } from "../../../scripts/registry/server.ts";
import { makeScratch } from "../exactness/scratch.ts";
import { brokenByProbe, brokenByScan, probe } from "./probing.ts";

const NIGHTS = 30;
/** How many nights the tags of each repository are kept. */
const KEPT: Readonly<Record<string, number>> = { "team/api": 10, "team/web": 10, "team/job": 1 };
const BASE = makeLayer("base", { size: 400 });
const PLATFORMS = [
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm64" },
];

/**
 * A multi-arch image and a plain one, on a base that all share, with a layer that changes once a week; and one that comes back
 * to a layer nine nights later, when nothing needs it any more.
 */
function builds(night: number): readonly (readonly [repository: string, image: Image])[] {
  const weekly = makeLayer(`week ${Math.floor(night / 7)}`, { size: 300 });
  const baseLayers = [BASE, weekly];
  const index = makeIndex(PLATFORMS.map((platform) => makeImage(`api ${night}`, { platform, baseLayers })));
  return [
    ["team/api", index],
    ["team/web", makeImage(`web ${night}`, { baseLayers })],
    ["team/job", makeImage(`job ${night}`, { baseLayers: [makeLayer(`job ${night % 9}`)] })],
  ];
}

let root: string;
let registry: Awaited<ReturnType<typeof startRegistry>>;
/** The nights on which the garbage collection aborted. */
const aborted: number[] = [];

beforeAll(async () => {
  root = await makeScratch("cache-month");
  registry = await startRegistry({ root, descriptorCache: true });
  for (let night = 0; night < NIGHTS; night++) {
    for (const [repository, image] of builds(night)) {
      // As a client does, it leaves out what the registry says that it has.
      try {
        await pushImage(registry.url, repository, image, `n${night}`);
      } catch {
        // Refused: what it relied on is gone, and somebody builds again tomorrow.
      }
      const old = join(root, repositoriesPath, repository, `_manifests/tags/n${night - KEPT[repository]!}`);
      rmSync(old, { recursive: true, force: true });
    }
    if (night % 7 === 6) {
      const { exitCode } = await collectGarbage(root, { deleteUntagged: true });
      if (exitCode !== 0) aborted.push(night);
    }
  }
});

afterAll(async () => {
  await registry?.stop();
  rmSync(root, { recursive: true, force: true });
});

describe("after a month with the descriptor cache on", () => {
  it("HEAD sees nothing of what a probe finds on its first run", async () => {
    expect(aborted).toEqual([]);
    const probed = await probe([registry.url]);
    expect(probed).toMatchObject({ exitCode: 4, unreadable: [] });
    const lost = probed.findings.filter(({ code, answer }) => code === "missing-blob" && answer === "cut-off");
    expect(lost.length).toBeGreaterThan(0);
    for (const { repository, digest } of lost) expect(await hasBlob(registry.url, repository!, digest!)).toBe(true);
  });

  it("the disk and the registry differ by what the cache remembers alone, until a restart", async () => {
    const { disk, ...probed } = await probe(["--root", root, registry.url]);
    const byDisk = await brokenByScan(root);
    const masked = byDisk.filter((image) => !brokenByProbe(probed).includes(image));
    expect(disk!.differences.map(({ image, reason }) => `${image} ${reason}`).sort()).toEqual(
      masked.map((image) => `${image} descriptor-cache`),
    );
    expect(disk!.agreed.broken + masked.length).toBe(byDisk.length);
    await registry.stop();
    await withRegistry({ root, descriptorCache: true }, async (url) => {
      const after = await probe(["--root", root, url]);
      expect(after.disk!.differences).toEqual([]);
      expect(brokenByProbe(after)).toEqual(byDisk);
    });
  });
});
