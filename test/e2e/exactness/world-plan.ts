// Plans a healthy storage root from a seed: which repositories, which tags, and one of every kind of image now and then.
import {
  digestOf,
  type Image,
  makeBuildCache,
  makeBundle,
  makeConfig,
  makeForeignLayer,
  makeImage,
  makeIndex,
  makeLayer,
  makeManifest,
  makeMultiArch,
  makeReferrer,
  withSha512,
} from "../../../scripts/registry/content.ts";
import { type Random, seededRandom } from "./random.ts";

export interface PlannedPush {
  image: Image;
  /** None: an untagged revision. */
  tag?: string;
  /** Take the blobs of this repository by mounting, where it has them. */
  mountFrom?: string;
}

export interface PlannedRepository {
  name: string;
  pushes: PlannedPush[];
  /** Bytes received so far by uploads that are never finished. */
  unfinishedUploads: number[];
  /** Manifests deleted again over HTTP: they leave empty revision folders and unwanted layer links. */
  deleted: Image[];
}

export interface WorldPlan {
  repositories: PlannedRepository[];
}

const repositoryNames = [
  ["app"],
  ["team", "team/api", "team/api/server"],
  ["library/base-image"],
  ["x__y/z.z"],
  ["a-b--c", "a-b--c/d"],
  ["deep/er/and/deep-er/still"],
  ["0"],
  ["registry.example.com/mirrored"],
];
const tagNames = ["latest", "v1", "1.0.0", "_internal", "A.B-c", "edge", "main-abc123", "t".repeat(128), "0"];

export type MakeImage = (seed: string, random: Random) => Image;

export const imageKinds: Record<string, MakeImage> = {
  "oci image": (seed) => makeImage(seed),
  "docker image": (seed) => makeImage(seed, { format: "docker" }),
  "image without mediaType": (seed) => withoutMediaType(makeImage(seed)),
  "oci index": (seed) => makeMultiArch(seed),
  "manifest list": (seed) => makeMultiArch(seed, "docker"),
  "index without mediaType": (seed) => makeMultiArch(seed, "untyped"),
  "nested index": (seed) => makeIndex([makeMultiArch(`${seed} inner`), makeImage(`${seed} outer`)]),
  "empty index": () => makeIndex([]),
  "foreign layers": (seed, random) =>
    makeImage(seed, random.chance(50) ? foreign(seed, "docker") : foreign(seed, "oci")),
  artifact: (seed) => makeReferrer(seed, makeImage(`${seed} subject`)),
  "sha512 layers": (seed) => {
    const layers = [withSha512(makeLayer(seed)), makeLayer(`${seed} other`)];
    return makeManifest({ layers, config: makeConfig(seed, linux, layers) });
  },
  "empty layer": (seed) => {
    const layers = [makeLayer(seed), { ...makeLayer("", { size: 1 }), ...emptyBlob }];
    return makeManifest({ layers, config: makeConfig(seed, linux, layers) });
  },
  "shared layers": (seed, random) =>
    makeImage(seed, { baseLayers: [makeLayer(`base ${random.below(3)}`)], layerSizes: [100] }),
  "build cache": (seed, random) =>
    makeBuildCache(seed, [makeLayer(`base ${random.below(3)}`), makeLayer(seed), makeLayer(`${seed} other`)]),
  "build cache with sha512 layers": (seed) =>
    makeBuildCache(seed, [makeLayer(seed), withSha512(makeLayer(`${seed} 2`))]),
  "cnab bundle": (seed) => makeBundle(seed),
  "build cache among indexes": (seed) => makeIndex([makeBuildCache(`${seed} inner`), makeMultiArch(seed)]),
  "same layer twice": (seed) => makeImage(seed, { baseLayers: [makeLayer("twice"), makeLayer("twice")] }),
};

const linux = { os: "linux", architecture: "amd64" };
const emptyBlob = {
  digest: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  bytes: Buffer.alloc(0),
};

/** 1 to 4 repositories of 1 to 5 tags each, of images of these kinds. */
export function planWorld(seed: number, kinds: readonly MakeImage[] = Object.values(imageKinds)): WorldPlan {
  const random = seededRandom(seed);
  const names = new Set<string>();
  const wanted = 1 + random.below(4);
  while (names.size < wanted) {
    for (const name of random.pick(repositoryNames)) if (names.size < wanted) names.add(name);
  }
  const repositories: PlannedRepository[] = [];
  for (const name of names) {
    const earlier = repositories.length > 0 ? random.pick(repositories) : undefined;
    repositories.push(planRepository(`${seed} ${name}`, name, random, earlier, kinds));
  }
  return { repositories };
}

function planRepository(
  seed: string,
  name: string,
  random: Random,
  earlier: PlannedRepository | undefined,
  kinds: readonly MakeImage[],
): PlannedRepository {
  const pushes: PlannedPush[] = [];
  const make = (part: string) => random.pick(kinds)(`${seed} ${part}`, random);
  const tags = new Set<string>();
  const wanted = 1 + random.below(5);
  while (tags.size < wanted) tags.add(random.pick(tagNames));
  for (const tag of tags) {
    if (random.chance(25)) pushes.push({ image: make(`${tag} before`), tag });
    if (earlier !== undefined && random.chance(25)) {
      pushes.push({ image: random.pick(earlier.pushes).image, tag, mountFrom: earlier.name });
    } else {
      pushes.push({ image: make(tag), tag });
    }
  }
  if (random.chance(40)) pushes.push({ image: make("untagged") });
  const tagged = pushes.find((push) => push.tag !== undefined && push.image.children.length === 0);
  if (tagged !== undefined && random.chance(30))
    pushes.push({ image: makeReferrer(`${seed} signature`, tagged.image) });
  return {
    name,
    pushes,
    unfinishedUploads: Array.from({ length: random.chance(40) ? 1 + random.below(2) : 0 }, () => random.below(3) * 500),
    deleted: random.chance(25) ? [makeImage(`${seed} deleted`)] : [],
  };
}

function foreign(seed: string, format: "docker" | "oci") {
  return { format, baseLayers: [makeForeignLayer(seed, ["https://example.com/layer"], format)] };
}

function withoutMediaType(image: Image): Image {
  const { mediaType: _, ...rest } = JSON.parse(image.bytes.toString()) as Record<string, unknown>;
  const bytes = Buffer.from(JSON.stringify(rest));
  return { ...image, bytes, digest: digestOf(bytes) };
}
