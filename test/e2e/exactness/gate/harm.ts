// What a collection has taken that nobody asked it to take, or how it failed.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Collected, Possessions } from "./collected.ts";
import type { OptionSet } from "./option-sets.ts";

/** What of an option set says what may be lost. */
type Asked = Pick<OptionSet, "removes" | "cache" | "quiet" | "untagged">;

const hourMs = 3_600_000;

/** In words, the first that there is; undefined for no harm. */
export function harmOf(root: string, set: Asked, before: Possessions, collected: Collected): string | undefined {
  const { exitCode, stderr, after, deleted } = collected;
  if (exitCode !== 0)
    return `the collection ends with ${exitCode}: ${/^failed to .*$/m.exec(stderr)?.[0] ?? stderr.slice(0, 200)}`;
  const since = Date.now() - hourMs;
  const young = set.quiet
    ? deleted.find((path) => {
        // A push writes a tag's history together with the revision; alone it is nobody's work.
        if (/\/_manifests\/tags\/[^/]+\/index\//.test(path)) return false;
        return (statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0) > since;
      })
    : undefined;
  if (young !== undefined) return `takes what was written within the hour: ${young}`;
  if (set.cache) return undefined;
  const removed = new Set(
    set.removes.map((path) => path.replace(/^.*\/repositories\/(.*)\/_manifests\/tags\//, "$1:")),
  );
  // What only a removed tag led to is to go, by digest too; with -m all that has no tag.
  const unneeded = new Set([
    ...[...removed].flatMap((image) => [...(before.served[0]?.get(image) ?? [])].flatMap(digestsOf)),
    ...set.removes.map((path) => linkedDigest(join(root, path))),
  ]);
  const mayGo = (image: string) => {
    const [, digest] = image.split("@sha256:");
    return removed.has(image) || (digest !== undefined && (set.untagged || unneeded.has(digest)));
  };
  for (const [number, images] of before.served.entries()) {
    for (const [image, objects] of images) {
      if (number === 0 && mayGo(image)) continue;
      for (const [path, hash] of objects) {
        if (after.served[number]?.get(image)?.get(path) !== hash) return `${image} is no longer served ${path}`;
      }
    }
  }
  for (const [number, images] of before.stored.entries()) {
    for (const [image, digests] of images) {
      if (number === 0 && removed.has(image)) continue;
      for (const digest of digests) {
        if (!after.stored[number]?.get(image)?.has(digest)) return `${image} can no longer be repaired from ${digest}`;
      }
    }
  }
  return undefined;
}

/** Both, since what is corrupt is asked for by another digest than its content has. */
function digestsOf([path, hash]: [string, string]): string[] {
  return [hash, path.replace(/^.*sha256:/, "")];
}

function linkedDigest(tag: string): string | undefined {
  try {
    return readFileSync(join(tag, "current/link"), "latin1").replace("sha256:", "");
  } catch {
    return undefined;
  }
}
