// The images that a plan is asked to bring back: their names, and the root that has all of each.
import { UsageError } from "../contract/errors.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { StoredImages } from "../inspect/stored-images.ts";
import { parseDigest } from "../layout/digest.ts";
import type { Restore } from "../recovery/restore-steps.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { parseImageName } from "./image-name.ts";

/** `repository:tag` of an image, and the digest that it is to name. */
export interface RestoreName {
  readonly text: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** From `repository:tag@digest`. Throws a UsageError, one line, for anything else. */
export function parseRestoreName(text: string): RestoreName {
  const at = text.lastIndexOf("@");
  const digest = text.slice(at + 1);
  if (at < 0 || !parseDigest(digest)) {
    throw new UsageError(`--restore ${JSON.stringify(text)}: give REPOSITORY:TAG@DIGEST, with the full digest`);
  }
  const { repository, tag } = parseImageName(text.slice(0, at));
  if (tag === undefined) throw new UsageError(`--restore ${JSON.stringify(text)}: give the tag too`);
  return { text, repository, tag, digest };
}

/** A root, and what it has in its store. */
export interface StoredRoot {
  readonly inspection: RootInspection;
  /** Notes what of the root it cannot read. */
  readonly fs: StorageFs;
  readonly stored: StoredImages;
}

/**
 * What to restore in each root, in the order of the roots. Throws a UsageError where none has all of an image, or more than
 * one has it and none of these, or several, has the repository.
 */
export function restoresIn(roots: readonly StoredRoot[], names: readonly RestoreName[]): Restore[][] {
  const restores: Restore[][] = roots.map(() => []);
  const asked = new Set<string>();
  for (const name of names) {
    const image = `${name.repository}:${name.tag}`;
    if (asked.has(image)) throw new UsageError(`--restore ${image} is given twice`);
    asked.add(image);
    const place = rootOf(roots, name);
    const manifests = roots[place]!.stored.manifests(name.digest)!;
    const blobs = [...manifests].map(([digest, parts]) => {
      const own = parts.filter(({ isManifest, isForeign }) => !isManifest && !isForeign);
      return [digest, own.map((part) => part.digest)] as const;
    });
    restores[place]!.push({ ...name, manifests: new Map(blobs) });
  }
  return restores;
}

function rootOf(roots: readonly StoredRoot[], { text, repository, digest }: RestoreName): number {
  const having = [...roots.keys()].filter((place) => roots[place]!.stored.has(digest));
  if (having.length === 0) {
    throw new UsageError(`--restore ${text}: no root has all of that image in its store`);
  }
  if (having.length === 1) return having[0]!;
  const holding = having.filter((place) => roots[place]!.inspection.context.graph.findRepository(repository));
  if (holding.length === 1) return holding[0]!;
  const named = having.map((place) => roots[place]!.inspection.root.path).join(", ");
  throw new UsageError(`--restore ${text}: several roots have that image (${named}); give one of them`);
}
