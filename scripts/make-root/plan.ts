// How many of everything a large root holds and how it spreads over repositories: numbers only, no bytes, no files.
//
// An "image" here is what one push leaves behind: a single manifest, or an index with its three children. Images are
// numbered 0.. over the whole root, repository after repository, and every question about one ("is it tagged?", "how many
// indexes come before it?") is answered by arithmetic on its number. So any process can make any part of the root alone.
import { nameRepositories } from "./names.ts";
import { randomNumbers, shuffle } from "./random.ts";

export const sizes = { S: 5_000, M: 80_000, L: 390_000, XL: 2_000_000 } as const;
export type SizeName = keyof typeof sizes;

/** Below this the parts that do not shrink (base layers, three repositories) no longer fit the proportions. */
const fewestBlobs = 200;

export interface RepositoryPlan {
  name: string;
  /** Number of its first image. */
  firstImage: number;
  images: number;
  /** Which set of base layers its images build on. */
  base: number;
  format: "oci" | "docker";
}

export interface Plan {
  seed: number;
  repositories: RepositoryPlan[];
  images: number;
  untaggedImages: number;
  /** How many of the tagged and of the untagged images are indexes. */
  taggedIndexes: number;
  untaggedIndexes: number;
  /** Sets of base layers, each of two layers for amd64 and two for arm64. */
  bases: number;
  /** Layers that several successive images of one repository have in common. */
  sharedLayers: number;
  /** Blobs that no manifest names: eligible for deletion in any garbage collection. */
  unreferencedBlobs: number;
  uploads: number;
}

/** What stands on disk once the plan is carried out. */
export interface Counts {
  repositories: number;
  blobs: number;
  manifests: number;
  indexes: number;
  layerLinks: number;
  revisions: number;
  tags: number;
  uploads: number;
}

interface Totals {
  repositories: number;
  revisions: number;
  tags: number;
  /** Exact number of blobs, or null: whatever the revisions make of it. */
  blobs: number | null;
}

/** Share of indexes among the tags, as on a registry that most builds reach through `docker buildx`. */
const indexShare = 0.6;
/** Share of all images that one repository holds, so that splitting work by repository alone shows its limit. */
const largestShare = 0.1;
/** Manifests of an index: itself, two platforms, an attestation. */
const manifestsOfIndex = 4;
export const layersOfBase = 2;

/** A root of exactly `blobs` blobs, with the proportions of the measured one (architecture: "What was measured"). */
export function planProportional(blobs: number, seed: number): Plan {
  if (blobs < fewestBlobs) throw new Error(`a root needs at least ${fewestBlobs} blobs to keep its proportions`);
  const share = (measured: number) => Math.round((blobs * measured) / 388_698);
  const tags = share(49_651);
  return planTotals({ repositories: Math.max(3, share(1_500)), revisions: share(144_448), tags, blobs }, seed);
}

/** A single repository with exactly that many revisions and tags: shows anything quadratic in the size of a repository. */
export function planOneRepository(revisions: number, tags: number, seed: number): Plan {
  if (tags < 2) throw new Error("a repository needs at least 2 tags: a version and latest");
  if (revisions < tags) throw new Error(`${tags} tags need at least ${tags} revisions`);
  return planTotals({ repositories: 1, revisions, tags, blobs: null }, seed);
}

function planTotals(totals: Totals, seed: number): Plan {
  // In each repository the tag `latest` names the newest version once more, so it brings no image of its own.
  const taggedImages = totals.tags - totals.repositories;
  const extraOfIndex = manifestsOfIndex - 1;
  const taggedIndexes = Math.min(
    Math.round(taggedImages * indexShare),
    Math.floor((totals.revisions - taggedImages) / extraOfIndex),
  );
  const untaggedRevisions = totals.revisions - taggedImages - taggedIndexes * extraOfIndex;
  const untaggedIndexes = Math.floor((untaggedRevisions * indexShare) / (1 + indexShare * extraOfIndex));
  const untaggedImages = untaggedRevisions - untaggedIndexes * extraOfIndex;
  const images = taggedImages + untaggedImages;
  const bases = Math.max(1, Math.round(totals.repositories / 40));
  const unreferencedBlobs = Math.ceil(totals.revisions / 400);
  const indexes = taggedIndexes + untaggedIndexes;
  // Each manifest that is no index has a config and one layer of its own.
  const withoutShared = totals.revisions + 2 * (totals.revisions - indexes) + baseBlobs(bases) + unreferencedBlobs;
  const sharedLayers =
    totals.blobs === null ? Math.floor((images + indexes) / 5) : Math.max(0, totals.blobs - withoutShared);
  return {
    seed,
    repositories: planRepositories(totals.repositories, images, bases, seed),
    images,
    untaggedImages,
    taggedIndexes,
    untaggedIndexes,
    bases,
    sharedLayers,
    unreferencedBlobs,
    uploads: Math.max(2, Math.round(totals.repositories / 100)),
  };
}

function planRepositories(count: number, images: number, bases: number, seed: number): RepositoryPlan[] {
  const random = randomNumbers(seed);
  const imageCounts = spreadImages(count, images);
  shuffle(imageCounts, random);
  let firstImage = 0;
  return nameRepositories(count).map((name, position) => {
    const repository: RepositoryPlan = {
      name,
      firstImage,
      images: imageCounts[position]!,
      base: position % bases,
      format: random() < 0.3 ? "docker" : "oci",
    };
    firstImage += repository.images;
    return repository;
  });
}

// Two images at least, so that each repository has a tagged one: untagged images are never neighbours in a root of many
// repositories, since they are far less than half of all.
const fewestImages = 2;

function spreadImages(repositories: number, images: number): number[] {
  if (repositories === 1) return [images];
  const weights = Array.from({ length: repositories - 1 }, (_, rank) => (rank + 3) ** -0.9);
  const largest = Math.max(fewestImages, Math.round(images * largestShare));
  const spare = images - largest - fewestImages * (repositories - 1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const counts = [largest];
  let weightSoFar = 0;
  let given = 0;
  for (const weight of weights) {
    weightSoFar += weight;
    const until = Math.round((spare * weightSoFar) / sum);
    counts.push(fewestImages + until - given);
    given = until;
  }
  return counts;
}

/** How many of `share` things, spread evenly over `total` places, lie in the first `places` of them. */
function spread(places: number, share: number, total: number): number {
  return total === 0 ? 0 : Math.floor((places * share) / total);
}

function untaggedBefore(plan: Plan, image: number): number {
  return spread(image, plan.untaggedImages, plan.images);
}

export function isUntagged(plan: Plan, image: number): boolean {
  return untaggedBefore(plan, image + 1) > untaggedBefore(plan, image);
}

function indexesBefore(plan: Plan, image: number): number {
  const untagged = untaggedBefore(plan, image);
  const tagged = image - untagged;
  return (
    spread(tagged, plan.taggedIndexes, plan.images - plan.untaggedImages) +
    spread(untagged, plan.untaggedIndexes, plan.untaggedImages)
  );
}

export function isIndex(plan: Plan, image: number): boolean {
  return indexesBefore(plan, image + 1) > indexesBefore(plan, image);
}

/** Platform manifests (linux/amd64, linux/arm64) before this image: one a single manifest, two an index. */
export function platformsBefore(plan: Plan, image: number): number {
  return image + indexesBefore(plan, image);
}

/** Shared layers first used before the platform manifest of that number. */
export function sharedLayersBefore(plan: Plan, platform: number): number {
  return spread(platform, plan.sharedLayers, platformsBefore(plan, plan.images));
}

function baseBlobs(bases: number): number {
  return bases * 2 * layersOfBase;
}

export function countPlan(plan: Plan): Counts {
  const indexes = plan.taggedIndexes + plan.untaggedIndexes;
  const manifests = plan.images + indexes * (manifestsOfIndex - 1);
  const ownBlobs = 2 * (manifests - indexes) + plan.sharedLayers;
  return {
    repositories: plan.repositories.length,
    blobs: manifests + ownBlobs + baseBlobs(plan.bases) + plan.unreferencedBlobs,
    manifests,
    indexes,
    layerLinks: ownBlobs + plan.repositories.length * 2 * layersOfBase,
    revisions: manifests,
    tags: plan.images - plan.untaggedImages + plan.repositories.length,
    uploads: plan.uploads,
  };
}
