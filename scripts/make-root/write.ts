// Puts a plan on disk in the registry's layout. Synchronous calls throughout: a root is little else than millions of small
// files, and each asynchronous call would cost several times the call itself.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Image } from "../registry/content.ts";
import { baseLayersOfAll, buildImage, unreferencedBlob } from "./images.ts";
import { nameTag } from "./names.ts";
import { isUntagged, type Plan, type RepositoryPlan } from "./plan.ts";

/** A run of successive images of one repository: what a process takes at a time. */
export interface Portion {
  /** Position of the repository in the plan. */
  repository: number;
  firstImage: number;
  endImage: number;
}

/** Small enough that the largest repository keeps every process busy, large enough that taking one costs nothing. */
const imagesOfPortion = 200;

/** A tag keeps at most so many of the digests that it has named. */
const longestHistory = 4;

export function portionsOf(plan: Plan): Portion[] {
  const portions: Portion[] = [];
  for (const [position, repository] of plan.repositories.entries()) {
    const end = repository.firstImage + repository.images;
    for (let firstImage = repository.firstImage; firstImage < end; firstImage += imagesOfPortion) {
      portions.push({ repository: position, firstImage, endImage: Math.min(firstImage + imagesOfPortion, end) });
    }
  }
  return portions;
}

/** Writes into one root and counts what it makes: files and folders, that is inodes. */
export class RootWriter {
  inodes = 0;
  readonly #base: string;
  readonly #plan: Plan;

  constructor(root: string, plan: Plan) {
    this.#base = `${root}/docker/registry/v2`;
    this.#plan = plan;
  }

  /** Everything that images need to be there: shards, base layers, each repository's folders. Uploads as well. */
  writeFoundation(): void {
    const plan = this.#plan;
    this.#folders(`${this.#base}/blobs/sha256`);
    for (let shard = 0; shard < 256; shard += 1) {
      this.#folder(`${this.#base}/blobs/sha256/${shard.toString(16).padStart(2, "0")}`);
    }
    for (let base = 0; base < plan.bases; base += 1) {
      for (const layer of baseLayersOfAll(plan, base)) this.#blob(layer);
    }
    for (let number = 0; number < plan.unreferencedBlobs; number += 1) this.#blob(unreferencedBlob(plan, number));
    for (const repository of plan.repositories) {
      const folder = this.#repositoryFolder(repository);
      this.#folders(`${folder}/_layers/sha256`);
      this.#folders(`${folder}/_manifests/revisions/sha256`);
      this.#folder(`${folder}/_manifests/tags`);
      this.#folder(`${folder}/_uploads`);
      for (const layer of baseLayersOfAll(plan, repository.base)) this.#link(`${folder}/_layers`, layer.digest);
    }
    for (let upload = 0; upload < plan.uploads; upload += 1) this.#upload(upload);
  }

  writePortion(portion: Portion): void {
    const plan = this.#plan;
    const repository = plan.repositories[portion.repository]!;
    const folder = this.#repositoryFolder(repository);
    const end = repository.firstImage + repository.images;
    const latest = lastTagged(plan, end);
    const digests = new Map<number, string>();
    for (let number = portion.firstImage; number < portion.endImage; number += 1) {
      const { image, newBlobs } = buildImage(plan, repository, number);
      for (const blob of newBlobs) {
        this.#blob(blob);
        this.#link(`${folder}/_layers`, blob.digest);
      }
      for (const child of image.children) this.#manifest(folder, child);
      this.#manifest(folder, image);
      digests.set(number, image.digest);
      if (isUntagged(plan, number)) continue;
      // A neighbouring portion's image is computed once more rather than waited for.
      const digestOf = (other: number) => digests.get(other) ?? buildImage(plan, repository, other).image.digest;
      const tag = nameTag(portion.repository, number - repository.firstImage);
      this.#tag(folder, tag, rebuildsBefore(plan, repository, number).concat(number).map(digestOf));
      if (number === latest) this.#tag(folder, "latest", versionsUpTo(plan, repository, number).map(digestOf));
    }
  }

  #repositoryFolder(repository: RepositoryPlan): string {
    return `${this.#base}/repositories/${repository.name}`;
  }

  #manifest(folder: string, image: Image): void {
    this.#blob(image);
    this.#link(`${folder}/_manifests/revisions`, image.digest);
  }

  #blob(blob: { digest: string; bytes: Buffer }): void {
    const hex = hexOf(blob.digest);
    const blobFolder = `${this.#base}/blobs/sha256/${hex.slice(0, 2)}/${hex}`;
    this.#folder(blobFolder);
    // All bytes here are ASCII, and Node writes a string in one native call but a buffer in three.
    this.#file(`${blobFolder}/data`, blob.bytes.toString("latin1"));
  }

  #link(parent: string, digest: string): void {
    const linkFolder = `${parent}/sha256/${hexOf(digest)}`;
    this.#folder(linkFolder);
    this.#file(`${linkFolder}/link`, digest);
  }

  /** `history`: the digests that the tag has named, the current one last. */
  #tag(repositoryFolder: string, tag: string, history: string[]): void {
    const folder = `${repositoryFolder}/_manifests/tags/${tag}`;
    this.#folder(folder);
    this.#folder(`${folder}/index`);
    this.#folder(`${folder}/index/sha256`);
    for (const digest of history) this.#link(`${folder}/index`, digest);
    this.#folder(`${folder}/current`);
    this.#file(`${folder}/current/link`, history.at(-1)!);
  }

  // What a client leaves that broke off before it sent anything.
  #upload(number: number): void {
    const repositories = this.#plan.repositories;
    const repository = repositories[Math.floor((number * repositories.length) / this.#plan.uploads)]!;
    const serial = number.toString(16).padStart(12, "0");
    const folder = `${this.#repositoryFolder(repository)}/_uploads/5eed0000-0000-4000-8000-${serial}`;
    this.#folder(folder);
    this.#file(`${folder}/data`, "");
    this.#file(`${folder}/startedat`, "2024-01-01T00:00:00Z");
  }

  #folders(path: string): void {
    try {
      this.#folder(path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      if (error.code === "EEXIST") return;
      if (error.code !== "ENOENT") throw error;
      this.#folders(dirname(path));
      this.#folder(path);
    }
  }

  #folder(path: string): void {
    mkdirSync(path);
    this.inodes += 1;
  }

  #file(path: string, content: string): void {
    writeFileSync(path, content);
    this.inodes += 1;
  }
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/** Untagged images right before this one: earlier builds of its tag, which lost the tag to it. */
function rebuildsBefore(plan: Plan, repository: RepositoryPlan, number: number): number[] {
  const builds: number[] = [];
  for (let other = number - 1; other >= repository.firstImage; other -= 1) {
    if (builds.length === longestHistory - 1 || !isUntagged(plan, other)) break;
    builds.unshift(other);
  }
  return builds;
}

/** The versions that `latest` has named one after the other: two to four, where there are so many. */
function versionsUpTo(plan: Plan, repository: RepositoryPlan, latest: number): number[] {
  const versions: number[] = [];
  const wanted = 2 + (latest % (longestHistory - 1));
  for (let other = latest; other >= repository.firstImage && versions.length < wanted; other -= 1) {
    if (!isUntagged(plan, other)) versions.unshift(other);
  }
  return versions;
}

function lastTagged(plan: Plan, endImage: number): number {
  let image = endImage - 1;
  while (isUntagged(plan, image)) image -= 1;
  return image;
}
