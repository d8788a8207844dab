// Disk and HTTP side by side, on the registry's machine: what a scan of the storage root says of the images that were
// probed, where the registry says otherwise, and why that may be.

import { UsageError } from "../contract/errors.ts";
import type { DiskReport, SideState } from "../contract/probe.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import { inspectAll, type ReadingOptions } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { imageText, isBroken } from "../probe/findings.ts";
import type { ImageTarget } from "../probe/walk.ts";
import { RULES } from "../registry/rules.ts";
import type { Probed } from "./probe-ask.ts";
import type { Run } from "./run.ts";

export interface DiskOptions extends Pick<ReadingOptions, "registry" | "platforms" | "kinds" | "registryConfig"> {
  /** Of the storage root. */
  readonly root: string;
}

export interface Comparison {
  readonly disk: DiskReport;
  /** What of the root could not be read. */
  readonly unreadable: readonly UnreadableReport[];
}

/** Throws a UsageError where the path is not one storage root. */
export async function compareWithDisk(options: DiskOptions, probed: Probed, run: Run): Promise<Comparison> {
  const reading = {
    ...{ caches: [], authoritative: [], allowEmpty: true, jobs: undefined },
    ...options,
    paths: [options.root],
  };
  const { inspections, unreadable } = await inspectAll(reading, { servedBy: "majority", hashConfigs: true }, run);
  const [inspection, ...others] = inspections;
  if (inspection === undefined || others.length > 0)
    throw new UsageError(
      `--root ${options.root}: ${inspections.length} storage roots; give the one that the registry serves`,
    );
  const stored = storedImages(inspection);
  const first = compare(stored, probed);
  const moved = first.flatMap(({ target }) => (target === undefined ? [] : [target]));
  const again = new Map((await probed.again(moved)).map((image) => [image.target, image]));
  const images = probed.images.map((image) => again.get(image.target) ?? image);
  const differences = compare(stored, { ...probed, images });
  const { name, path, kind } = inspection.root;
  const isDifferent = new Set(differences.map(({ image }) => image));
  const alike = images.filter((image) => image.unknown.length === 0 && !isDifferent.has(imageText(image.target)));
  return {
    unreadable,
    disk: {
      root: { name, path, kind },
      registry: RULES[options.registry].registry,
      agreed: { pullable: alike.filter((image) => !isBroken(image)).length, broken: alike.filter(isBroken).length },
      differences: differences.map(({ target: _, ...difference }) => difference),
    },
  };
}

/** `repository:tag` as the disk has it. */
interface StoredImage {
  readonly digest: string | null;
  readonly state: SideState;
}

interface Stored {
  readonly images: ReadonlyMap<string, StoredImage>;
  readonly fetchesMissing: boolean;
}

/** What a pull-through cache lacks it fetches, so of it only what is there is held against the registry. */
function storedImages({ root, context }: RootInspection): Stored {
  const { graph, pull } = context;
  const broken = new Set(pull.brokenTags.map(({ tag }) => tag));
  const images = new Map<string, StoredImage>();
  for (const { name, tags } of graph.repositories()) {
    for (const tag of tags) {
      const target = graph.tags.target(tag);
      const digest = target < 0 ? null : graph.digests.text(target);
      images.set(`${name}:${graph.tags.name(tag)}`, { digest, state: broken.has(tag) ? "broken" : "pullable" });
    }
  }
  return { images, fetchesMissing: root.kind === "cache" };
}

type Difference = DiskReport["differences"][number] & { readonly target: ImageTarget | undefined };

const ABSENT: StoredImage = { digest: null, state: "absent" };

function compare(stored: Stored, { images, gone, isAll }: Probed): Difference[] {
  const seen = new Set<string>();
  const differences = images.flatMap((image): Difference[] => {
    const { target, digest, unknown } = image;
    const name = imageText(target);
    seen.add(name);
    const here = storedAs(stored, target);
    if (unknown.length > 0 || here === undefined) return [];
    const there: SideState = isBroken(image) ? "broken" : "pullable";
    const isOther = here.digest !== null && digest !== undefined && here.digest !== digest;
    if (here.state === there && !isOther) return [];
    const reason = here.state === "broken" && there === "pullable" && !isOther ? "descriptor-cache" : "other-storage";
    return [{ image: name, disk: here.state, http: there, reason, target }];
  });
  const absent = isAll ? [...stored.images.keys()].filter((name) => !seen.has(name)) : gone.map(imageText);
  return [
    ...differences,
    ...absent.flatMap((image): Difference[] => {
      const here = stored.images.get(image);
      // A tag that names nothing is not listed by every registry.
      if (here === undefined || here.digest === null) return [];
      return [{ image, disk: here.state, http: "absent", reason: "other-storage", target: undefined }];
    }),
  ];
}

/** What the disk has of an image; of one by digest, what the first tag has that names it, undefined where none does. */
function storedAs({ images: stored, fetchesMissing }: Stored, target: ImageTarget): StoredImage | undefined {
  if (target.tag === undefined) return byDigest(stored, target);
  return stored.get(imageText(target)) ?? (fetchesMissing ? undefined : ABSENT);
}

function byDigest(stored: ReadonlyMap<string, StoredImage>, { repository, digest }: ImageTarget) {
  for (const [name, image] of stored) {
    if (name.startsWith(`${repository}:`) && image.digest === digest) return image;
  }
  return undefined;
}
