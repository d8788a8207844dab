import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countPlan, isUntagged, type Plan, planOneRepository, planProportional } from "../../scripts/make-root/plan.ts";
import { estimateInodes, lackOfRoom, makeRoot } from "../../scripts/make-root/run.ts";
import { getBlob, getManifest } from "../../scripts/registry/client.ts";
import { digestOf } from "../../scripts/registry/content.ts";
import { collectGarbage, withRegistry } from "../../scripts/registry/server.ts";

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), "make-root-"));
});
afterAll(() => rmSync(workspace, { recursive: true }));

async function make(name: string, plan: Plan): Promise<{ root: string; paths: string[]; inodes: number }> {
  const root = join(workspace, name);
  const { inodes } = await makeRoot(root, plan);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name) + (entry.isDirectory() ? "/" : ""));
  return { root, paths: paths.map((path) => path.slice(root.length)).sort(), inodes };
}

function hashTree({ root, paths }: { root: string; paths: string[] }): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\n`).update(path.endsWith("/") ? "" : readFileSync(root + path));
  return hash.digest("hex");
}

function countPaths(paths: string[], pattern: RegExp): number {
  return paths.filter((path) => pattern.test(path)).length;
}

describe("a large root", () => {
  it("is the same for the same seed, today and tomorrow", async () => {
    const hashes = [];
    for (const name of ["first", "second"]) hashes.push(hashTree(await make(name, planProportional(200, 7))));
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).toMatchInlineSnapshot(`"88fe4f740718a0d5311d4668ea1879c754c1a99cce47ac7a137b64ec3bd61a8e"`);
    expect(hashTree(await make("other-seed", planProportional(200, 8)))).not.toBe(hashes[0]);
  });

  it("holds on disk what its plan counts", async () => {
    const plan = planProportional(600, 1);
    const counts = countPlan(plan);
    const { paths, inodes } = await make("counted", plan);
    expect(countPaths(paths, /\/blobs\/sha256\/..\/[0-9a-f]{64}\/data$/)).toBe(600);
    expect(countPaths(paths, /\/_layers\/sha256\/[0-9a-f]{64}\/link$/)).toBe(counts.layerLinks);
    expect(countPaths(paths, /\/revisions\/sha256\/[0-9a-f]{64}\/link$/)).toBe(counts.revisions);
    expect(countPaths(paths, /\/tags\/[^/]+\/current\/link$/)).toBe(counts.tags);
    expect(countPaths(paths, /\/_layers\/$/)).toBe(counts.repositories);
    expect(countPaths(paths, /\/_uploads\/[^/]+\/startedat$/)).toBe(counts.uploads);
    expect(inodes).toBe(paths.length);
  });

  it("loses its unreferenced blobs alone in a collection by the real registry", async () => {
    const plan = planProportional(400, 3);
    const { root } = await make("collected", plan);
    const { exitCode, stdout } = await collectGarbage(root, { dryRun: true });
    expect(exitCode).toBe(0);
    expect(plan.unreferencedBlobs).toBeGreaterThan(0);
    expect(stdout).toContain(
      `${400 - plan.unreferencedBlobs} blobs marked, ${plan.unreferencedBlobs} blobs and 0 manifests eligible`,
    );
  });

  it("has every tag served whole by the real registry", async () => {
    const plan = planProportional(200, 5);
    const { root, paths } = await make("served", plan);
    const tags = paths.flatMap((path) => {
      const [, repository, tag] = /repositories\/(.+)\/_manifests\/tags\/([^/]+)\/$/.exec(path) ?? [];
      return repository === undefined ? [] : [{ repository, tag: tag! }];
    });
    expect(tags).toHaveLength(countPlan(plan).tags);
    await withRegistry({ root }, async (url) => {
      const platforms = await Promise.all(tags.map(({ repository, tag }) => pull(url, repository, tag)));
      expect(platforms.filter((count) => count === 3).length).toBeGreaterThan(tags.length / 2);
    });
  });
});

/** Pulls a tag or digest with all that it references; how many children it has. */
async function pull(url: string, repository: string, reference: string): Promise<number> {
  const answer = await getManifest(url, repository, reference);
  expect(answer.status).toBe(200);
  expect(digestOf(answer.bytes)).toBe(answer.headers.get("docker-content-digest"));
  const manifest = JSON.parse(answer.bytes.toString());
  for (const child of manifest.manifests ?? []) await pull(url, repository, child.digest);
  for (const descriptor of manifest.manifests ? [] : [manifest.config, ...manifest.layers]) {
    const blob = await getBlob(url, repository, descriptor.digest);
    expect([blob.status, blob.bytes.length, digestOf(blob.bytes)]).toEqual([200, descriptor.size, descriptor.digest]);
  }
  return (manifest.manifests ?? []).length;
}

describe("a plan", () => {
  it("has the proportions of the measured root, and one repository with a tenth of it", () => {
    const plan = planProportional(388_698, 1);
    const counts = countPlan(plan);
    expect(counts).toMatchObject({ blobs: 388_698, manifests: 144_448, revisions: 144_448, tags: 49_651 });
    expect(counts.repositories).toBe(1_500);
    expect(Math.abs(counts.layerLinks - 249_734)).toBeLessThan(1_000);
    expect(Math.max(...plan.repositories.map((repository) => repository.images))).toBe(Math.round(plan.images / 10));
    expect(new Set(plan.repositories.map((repository) => repository.name)).size).toBe(1_500);
  });

  it("has exactly the wanted blobs, and a tagged image in every repository, at any size", () => {
    for (let blobs = 200; blobs < 6_000; blobs += 97) {
      const plan = planProportional(blobs, blobs);
      expect(countPlan(plan).blobs).toBe(blobs);
      for (const { firstImage, images } of plan.repositories) {
        const numbers = Array.from({ length: images }, (_, position) => firstImage + position);
        expect(numbers.some((number) => !isUntagged(plan, number))).toBe(true);
      }
    }
  });

  it("puts everything in one repository when asked", () => {
    expect(countPlan(planOneRepository(100_000, 20_000, 1))).toMatchObject({
      repositories: 1,
      revisions: 100_000,
      tags: 20_000,
    });
    expect(() => planOneRepository(10, 11, 1)).toThrow("11 tags need at least 11 revisions");
  });
});

describe("making a root", () => {
  it("refuses a folder that holds something", async () => {
    writeFileSync(join(workspace, "precious"), "");
    await expect(makeRoot(workspace, planProportional(200, 1))).rejects.toThrow("is not empty");
  });

  it("tells what the disk lacks, and knows how many inodes it will take", async () => {
    const plan = planProportional(1_000, 1);
    const { inodes } = await make("estimated", plan);
    expect(Math.abs(estimateInodes(plan) / inodes - 1)).toBeLessThan(0.03);
    const roomy = { files: 1e6, ffree: 1e6, bavail: 1e6, bsize: 4096 };
    expect(lackOfRoom(roomy, plan)).toBeNull();
    expect(lackOfRoom({ ...roomy, ffree: inodes - 1 }, plan)).toMatch(
      /^too few free inodes: [\d,]+, and the root needs/,
    );
    expect(lackOfRoom({ ...roomy, bavail: inodes - 1 }, plan)).toMatch(/^too little free space: /);
    expect(lackOfRoom({ ...roomy, files: 0, ffree: 0 }, plan)).toBeNull();
  });
});
