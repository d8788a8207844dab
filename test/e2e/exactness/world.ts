// Makes planned worlds real by pushing them over HTTP into a real registry, and keeps each as plain folders to be copied.
import { execFile } from "node:child_process";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deleteManifest, mountBlob, pushBlobWithDigest, startUpload } from "../../../scripts/registry/client.ts";
import type { Image } from "../../../scripts/registry/content.ts";
import { pushImage, pushOnlyManifest } from "../../../scripts/registry/push.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { makeScratch } from "./scratch.ts";
import { repositoriesBase } from "./storage.ts";
import { type PlannedRepository, planWorld, type WorldPlan } from "./world-plan.ts";

/** Worlds by seed, each built once and copied for every round. */
export interface Worlds {
  /** A fresh copy of the world in a folder of its own, which the caller removes. */
  copyOf(seed: number): Promise<string>;
  removeAll(): Promise<void>;
}

export async function openWorlds(planOf: (seed: number) => WorldPlan = planWorld): Promise<Worlds> {
  const folder = await makeScratch("exactness");
  const built = new Map<number, Promise<string>>();
  let copies = 0;
  const build = async (seed: number) => {
    const root = join(folder, `world-${seed}`);
    await buildWorld(planOf(seed), root);
    return root;
  };
  return {
    copyOf: async (seed) => {
      const world = built.get(seed) ?? build(seed);
      built.set(seed, world);
      copies += 1;
      const copy = join(folder, `round-${copies}`);
      await promisify(execFile)("cp", ["-a", await world, copy]);
      return copy;
    },
    removeAll: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Pushes the plan into an empty registry at `root`. The result is the same every time but for modification times. */
export async function buildWorld(plan: WorldPlan, root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await withRegistry({ root }, async (url) => {
    for (const repository of plan.repositories) await pushRepository(url, repository);
  });
  for (const repository of plan.repositories) await nameUploads(root, repository);
}

async function pushRepository(url: string, repository: PlannedRepository): Promise<void> {
  const { name } = repository;
  for (const { image, tag, mountFrom } of repository.pushes) {
    if (mountFrom === undefined) await pushImage(url, name, image, tag);
    else await pushMounted(url, name, image, mountFrom, tag);
  }
  for (const image of repository.deleted) {
    await pushImage(url, name, image);
    await deleteManifest(url, name, image.digest);
  }
  for (const size of repository.unfinishedUploads) {
    await startUpload(url, name, size === 0 ? undefined : Buffer.alloc(size, "u"));
  }
}

async function pushMounted(url: string, name: string, image: Image, from: string, tag?: string): Promise<void> {
  for (const blob of image.blobs) {
    if (blob.urls !== undefined) continue;
    // A mount links the digest that was asked for only, so a sha512 name would not get its alias.
    if (blob.digest.startsWith("sha256:")) await mountBlob(url, name, blob.digest, from);
    else await pushBlobWithDigest(url, name, blob.bytes, blob.digest);
  }
  for (const child of image.children) await pushMounted(url, name, child, from);
  await pushOnlyManifest(url, name, image, tag);
}

/** Uploads have random names; damage chooses its targets by position, so their order must not be left to chance. */
async function nameUploads(root: string, repository: PlannedRepository): Promise<void> {
  if (repository.unfinishedUploads.length === 0) return;
  const folder = join(root, repositoriesBase, repository.name, "_uploads");
  const sized = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const data = await stat(join(folder, name, "data")).catch(() => undefined);
      return { name, size: data?.size ?? 0 };
    }),
  );
  sized.sort((a, b) => a.size - b.size);
  for (const [position, { name }] of sized.entries()) {
    await rename(join(folder, name), join(folder, `00000000-0000-4000-8000-00000000000${position}`));
  }
}
