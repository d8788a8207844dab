// What of each image lies in the store, whether it is served or not: what an image could still be repaired from. Read
// from the disk by the rules of the storage layout, with nothing of the program under test.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isAskedAsManifest, referencesOf } from "../client/manifest.ts";
import { base, repositoriesBase } from "../storage.ts";

/** Digests of the objects that the store holds, by `repository:tag` of the images that reference them. */
export type StoredByTag = Map<string, Set<string>>;

/** An image's objects are those of its tree, as far as that can be read: what only a lost manifest names is nobody's. */
export function storedByTag(root: string): StoredByTag {
  const store = contentOf(root);
  const stored: StoredByTag = new Map();
  for (const { image, digest } of tagsOn(root)) {
    const found = new Set<string>();
    const open = [{ digest, isManifest: true }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const bytes = store.get(next.digest);
      if (bytes === undefined || found.has(next.digest)) continue;
      found.add(next.digest);
      if (next.isManifest) open.push(...neededBy(bytes));
    }
    stored.set(image, found);
  }
  return stored;
}

function neededBy(manifest: Buffer): { digest: string; isManifest: boolean }[] {
  try {
    const text = manifest.toString();
    const { mediaType, manifests, schemaVersion } = JSON.parse(text) as Record<string, unknown>;
    const isIndex = /manifest\.list|image\.index/.test(String(mediaType)) || (!mediaType && Array.isArray(manifests));
    const type = schemaVersion === 1 ? "docker.manifest.v1+json" : isIndex ? "image.index.v1+json" : "image.manifest";
    const references = referencesOf(type, manifest);
    if (references.kind === "index") {
      return references.children.map((child) => ({ digest: child.digest, isManifest: isAskedAsManifest(child) }));
    }
    const blobs = [...references.layers, ...(references.kind === "image" ? [references.config] : [])];
    return blobs.map(({ digest }) => ({ digest, isManifest: false }));
  } catch {
    return [];
  }
}

/** The bytes of all blobs at their right places, by each of their digests. */
function contentOf(root: string): Map<string, Buffer> {
  const content = new Map<string, Buffer>();
  const blobs = join(root, base, "blobs/sha256");
  for (const shard of namesIn(blobs)) {
    for (const hex of namesIn(join(blobs, shard))) {
      const bytes = shard === hex.slice(0, 2) ? readRegular(join(blobs, shard, hex, "data")) : undefined;
      if (bytes === undefined || createHash("sha256").update(bytes).digest("hex") !== hex) continue;
      for (const algorithm of ["sha256", "sha384", "sha512"]) {
        content.set(`${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`, bytes);
      }
    }
  }
  return content;
}

function tagsOn(root: string): { image: string; digest: string }[] {
  const tags: { image: string; digest: string }[] = [];
  const visit = (name: string, depth: number) => {
    const folder = join(root, repositoriesBase, name);
    for (const tag of namesIn(join(folder, "_manifests/tags"))) {
      const digest = readRegular(join(folder, "_manifests/tags", tag, "current/link"))?.toString("latin1");
      if (digest !== undefined) tags.push({ image: `${name}:${tag}`, digest });
    }
    const below = depth > 12 ? [] : namesIn(folder).filter((entry) => !entry.startsWith("_"));
    for (const entry of below) visit(name === "" ? entry : `${name}/${entry}`, depth + 1);
  };
  visit("", 0);
  return tags;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readRegular(file: string): Buffer | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
