// The bytes of a large root: what each image of the plan consists of, computed from its number alone.
import {
  type Blob,
  type Image,
  makeAttestation,
  makeImage,
  makeIndex,
  makeLayer,
  type Platform,
} from "../registry/content.ts";
import { isIndex, layersOfBase, type Plan, platformsBefore, type RepositoryPlan, sharedLayersBefore } from "./plan.ts";
import { randomNumbers } from "./random.ts";

const architectures = ["amd64", "arm64"] as const;

export interface BuiltImage {
  image: Image;
  /** Blobs that come into the store with this image: its own and a shared layer that it is the first to use. */
  newBlobs: Blob[];
}

export function buildImage(plan: Plan, repository: RepositoryPlan, number: number): BuiltImage {
  const newBlobs: Blob[] = [];
  const firstPlatform = platformsBefore(plan, number);
  const platforms = isIndex(plan, number) ? architectures : architectures.slice(0, 1);
  const images = platforms.map((architecture, offset) => {
    const shared = sharedLayer(plan, repository, firstPlatform + offset);
    if (shared?.isNew) newBlobs.push(shared.layer);
    return buildPlatform(plan, repository, number, { os: "linux", architecture }, shared?.layer, newBlobs);
  });
  if (!isIndex(plan, number)) return { image: images[0]!, newBlobs };
  const attestation = makeAttestation(imageName(plan, number), images[0]!);
  newBlobs.push(...attestation.blobs);
  return { image: makeIndex([...images, attestation], repository.format), newBlobs };
}

function buildPlatform(
  plan: Plan,
  repository: RepositoryPlan,
  number: number,
  platform: Platform,
  shared: Blob | undefined,
  newBlobs: Blob[],
): Image {
  const baseLayers = [...baseLayersOf(plan, repository.base, platform.architecture, repository.format)];
  if (shared !== undefined) baseLayers.push(shared);
  const size = layerSize(plan, `${number} ${platform.architecture}`);
  const format = repository.format;
  const image = makeImage(imageName(plan, number), { format, platform, layerSizes: [size], baseLayers });
  newBlobs.push(image.blobs[0]!, image.blobs.at(-1)!);
  return image;
}

/** Layers of one base image, oldest first; every repository that builds on it links them. */
function baseLayersOf(plan: Plan, base: number, architecture: string, format: RepositoryPlan["format"]): Blob[] {
  return Array.from({ length: layersOfBase }, (_, position) => {
    const name = `base ${base} ${architecture} ${position}`;
    return makeLayer(`${plan.seed} ${name}`, { size: layerSize(plan, name), format });
  });
}

export function baseLayersOfAll(plan: Plan, base: number, format: RepositoryPlan["format"] = "oci"): Blob[] {
  return architectures.flatMap((architecture) => baseLayersOf(plan, base, architecture, format));
}

/** Blobs that nothing names, as a deleted image or an abandoned push leaves them. */
export function unreferencedBlob(plan: Plan, number: number): Blob {
  const name = `unreferenced ${number}`;
  return makeLayer(`${plan.seed} ${name}`, { size: layerSize(plan, name) });
}

// The newest shared layer that this repository has by then, if it has one.
function sharedLayer(plan: Plan, repository: RepositoryPlan, platform: number) {
  const before = sharedLayersBefore(plan, platform);
  const until = sharedLayersBefore(plan, platform + 1);
  if (until <= sharedLayersBefore(plan, platformsBefore(plan, repository.firstImage))) return undefined;
  const name = `shared ${until - 1}`;
  const layer = makeLayer(`${plan.seed} ${name}`, { size: layerSize(plan, name), format: repository.format });
  return { layer, isNew: until > before };
}

function imageName(plan: Plan, number: number): string {
  return `${plan.seed} image ${number}`;
}

// 64 to 200 bytes: as small as a file can be without losing the name in it that keeps layers apart.
function layerSize(plan: Plan, name: string): number {
  let hash = plan.seed;
  for (let position = 0; position < name.length; position += 1) {
    hash = (Math.imul(hash, 31) + name.charCodeAt(position)) | 0;
  }
  return 64 + Math.floor(randomNumbers(hash)() * 137);
}
