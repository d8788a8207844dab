// Worlds with something to reclaim: tags that moved, platforms that several indexes share, signatures in all their forms,
// digests that are a manifest and a layer at once.
import {
  type Blob,
  digestOf,
  type Image,
  makeConfig,
  makeImage,
  makeIndex,
  makeLayer,
  makeManifest,
  makeMultiArch,
  makeReferrer,
} from "../../../scripts/registry/content.ts";
import { type Random, seededRandom } from "../exactness/random.ts";
import { imageKinds, type MakeImage, type PlannedPush, planWorld, type WorldPlan } from "../exactness/world-plan.ts";

const linux = { os: "linux", architecture: "amd64" };

/** Garbage collection always breaks what is named by sha512, so that reclaim refuses such a root: few are enough. */
function kindsFor(seed: number): MakeImage[] {
  return Object.entries(imageKinds).flatMap(([name, make]) => (seed % 10 > 0 && name.includes("sha512") ? [] : [make]));
}

export function planReclaimWorld(seed: number): WorldPlan {
  const random = seededRandom(seed ^ 0x5eed);
  const kinds = kindsFor(seed);
  const plan = planWorld(seed, kinds);
  return {
    repositories: plan.repositories.map((repository) => {
      const name = `${seed} ${repository.name}`;
      const pushes = repository.pushes.flatMap((push, at) => [...before(`${name} ${at}`, push, random, kinds), push]);
      const images = pushes.map(({ image }) => image);
      const more = Array.from({ length: random.below(4) }, (_, at) =>
        extra(`${name} extra ${at}`, images, { random, kinds }),
      );
      return { ...repository, pushes: [...pushes, ...more.flat()] };
    }),
  };
}

/** What the tag named before: now and then with platforms that it still has. */
function before(seed: string, { image, tag }: PlannedPush, random: Random, kinds: readonly MakeImage[]): PlannedPush[] {
  if (tag === undefined) return [];
  return Array.from({ length: random.below(3) }, (_, at) => {
    const made = random.pick(kinds)(`${seed} before ${at}`, random);
    const [platform] = image.children;
    if (platform === undefined || image.blobs.length > 0 || random.chance(50)) return { image: made, tag };
    return { image: makeIndex([platform, makeImage(`${seed} other ${at}`)]), tag };
  });
}

interface Choice {
  random: Random;
  kinds: readonly MakeImage[];
}

type MakePushes = (seed: string, image: Image, choice: Choice) => PlannedPush[];

const extras: Record<string, MakePushes> = {
  "signature by tag": (seed, image, { random }) => [
    { image: makeImage(seed), tag: `${image.digest.replace(":", "-")}${random.pick([".sig", ".att", ".sbom"])}` },
  ],
  "list of referrers": (seed, image) => {
    const referrer = makeReferrer(seed, image);
    return [{ image: makeIndex([referrer]), tag: image.digest.replace(":", "-") }];
  },
  "referrer of a referrer": (seed, image) => {
    const referrer = makeReferrer(seed, image);
    return [{ image: referrer }, { image: makeReferrer(`${seed} again`, referrer) }];
  },
  "referrer of what is not there": (seed) => [{ image: makeReferrer(seed, makeImage(`${seed} never pushed`)) }],
  "a layer that is a manifest": (seed, image, { random }) => {
    const layer: Blob = { mediaType: image.mediaType, digest: image.digest, bytes: image.bytes };
    const layers = [makeLayer(seed), layer];
    const wrapped = makeManifest({ layers, config: makeConfig(seed, linux, layers) });
    return [
      random.chance(60)
        ? { image: wrapped, tag: `wraps-${digestOf(Buffer.from(seed)).slice(7, 15)}` }
        : { image: wrapped },
    ];
  },
  "an index of what is untagged": (seed) => {
    const child = makeImage(seed);
    return [{ image: child }, { image: makeIndex([child, makeMultiArch(`${seed} more`)]) }];
  },
  untagged: (seed, _, { random, kinds }) => [{ image: random.pick(kinds)(seed, random) }],
};

function extra(seed: string, images: readonly Image[], choice: Choice): PlannedPush[] {
  const image = images.length === 0 ? makeImage(`${seed} own`) : choice.random.pick(images);
  return choice.random.pick(Object.values(extras))(seed, image, choice);
}
