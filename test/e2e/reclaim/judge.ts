// What a root has for its users that no reclaim may touch, and how a root is collected for real. Read from the disk and asked
// of the registry, with nothing of the program under test.
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { canAskDigest, repositoriesOnDisk } from "../exactness/client/names.ts";
import { possessionsOf } from "../exactness/gate/collected.ts";
import { collectReally } from "../exactness/judge/collect.ts";
import { base, repositoriesBase } from "../exactness/storage.ts";

const patienceMs = 5_000;
const limitMs = 20_000;

/** What clients get of each tag, and each tag's repair material; and what is attached to the images of tags. */
export interface Holdings {
  served: ReadonlyMap<string, ReadonlyMap<string, string>>;
  stored: ReadonlyMap<string, ReadonlySet<string>>;
  /** Digests, by `repository:tag`: manifests that have one of the tag's manifests as subject, to any depth. */
  referrers: ReadonlyMap<string, ReadonlySet<string>>;
}

export async function holdingsOf(root: string): Promise<Holdings> {
  const { served, stored } = await possessionsOf(root, patienceMs);
  return { served: served[0] ?? new Map(), stored: stored[0] ?? new Map(), referrers: referrersOn(root, stored[0]) };
}

/** What the tags that are not to go have lost, the first of all things; undefined for nothing. */
export function lossOf(before: Holdings, after: Holdings, going: ReadonlySet<string>): string | undefined {
  for (const [image, objects] of before.served) {
    if (image.includes("@") || going.has(image)) continue;
    for (const [path, hash] of objects) {
      if (after.served.get(image)?.get(path) !== hash) return `${image} is no longer served ${path}`;
    }
    const repository = image.slice(0, image.lastIndexOf(":"));
    for (const digest of before.referrers.get(image) ?? []) {
      const name = `${repository}@${digest}`;
      for (const [path, hash] of before.served.get(name) ?? []) {
        if (after.served.get(name)?.get(path) !== hash)
          return `${image}: what refers to it is no longer served ${path}`;
      }
    }
  }
  for (const [image, digests] of before.stored) {
    if (going.has(image)) continue;
    for (const digest of digests) {
      if (!after.stored.get(image)?.has(digest)) return `${image} can no longer be repaired from ${digest}`;
    }
  }
  return undefined;
}

/** Collects for real, without -m; what goes wrong, or how many bytes of blobs are gone. */
export async function collectCounting(root: string): Promise<number | string> {
  const before = blobBytes(root);
  const { exitCode, stderr } = await collectReally(root, false, limitMs);
  if (exitCode !== 0) return `the collection ends with ${exitCode}: ${stderr.slice(0, 300)}`;
  return before - blobBytes(root);
}

/** Of the files called `data`, wherever folders above them lie; with a link to one, or to its folder, no bytes go. */
function blobBytes(root: string): number {
  let bytes = 0;
  const store = join(root, base, "blobs");
  for (const algorithm of namesIn(store)) {
    for (const shard of namesIn(join(store, algorithm))) {
      for (const hex of namesIn(join(store, algorithm, shard))) {
        const folder = join(store, algorithm, shard, hex);
        const data = entryAt(join(folder, "data"));
        if (data?.isFile() && !entryAt(folder)?.isSymbolicLink()) bytes += data.size;
      }
    }
  }
  return bytes;
}

export interface Revision {
  repository: string;
  digest: string;
  /** Milliseconds since 1970. */
  modified: number;
}

/** The revision links that are there, are links, and hold their own digest. */
export function revisionsOn(root: string): Revision[] {
  return repositoriesOnDisk(root).flatMap((repository) => {
    const folder = join(root, repositoriesBase, repository, "_manifests/revisions/sha256");
    return namesIn(folder).flatMap((hex) => {
      const [link, digest] = [join(folder, hex, "link"), `sha256:${hex}`];
      const held = readRegular(link)?.toString("latin1");
      return held === digest && canAskDigest(digest) ? [{ repository, digest, modified: statSync(link).mtimeMs }] : [];
    });
  });
}

/** `repository:tag` of every tag folder, with what it names. */
export function tagsOn(root: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const repository of repositoriesOnDisk(root)) {
    const folder = join(root, repositoriesBase, repository, "_manifests/tags");
    for (const tag of namesIn(folder)) {
      const digest = readRegular(join(folder, tag, "current/link"))?.toString("latin1");
      tags.set(`${repository}:${tag}`, digest ?? "");
    }
  }
  return tags;
}

function referrersOn(root: string, stored: ReadonlyMap<string, ReadonlySet<string>> = new Map()) {
  const bySubject = new Map<string, string[]>();
  for (const { repository, digest } of revisionsOn(root)) {
    const subject = subjectOf(root, digest);
    if (subject === undefined) continue;
    const key = `${repository} ${subject}`;
    bySubject.set(key, [...(bySubject.get(key) ?? []), digest]);
  }
  const referrers = new Map<string, Set<string>>();
  for (const [image, digests] of stored) {
    const repository = image.slice(0, image.lastIndexOf(":"));
    const found = new Set<string>();
    const open = [...digests];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const referrer of bySubject.get(`${repository} ${next}`) ?? []) {
        if (!found.has(referrer)) open.push(referrer);
        found.add(referrer);
      }
    }
    referrers.set(image, found);
  }
  return referrers;
}

function subjectOf(root: string, digest: string): string | undefined {
  const hex = digest.slice("sha256:".length);
  try {
    const text = readRegular(join(root, base, "blobs/sha256", hex.slice(0, 2), hex, "data"))?.toString() ?? "";
    return (JSON.parse(text) as { subject?: { digest?: string } }).subject?.digest;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.includes("�"));
  } catch {
    return [];
  }
}

function entryAt(path: string) {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function readRegular(file: string): Buffer | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
