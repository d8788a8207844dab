// Which repositories, tags and digests a client can ask for at all, written from the reference grammar on its own.
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const hostLabel = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
// The first component may look like a host name, upper case included: `Upper/app` is a name, `Upper` alone is none.
const repositoryName = new RegExp(`^(?:${hostLabel}(?:\\.${hostLabel})*/)?${component}(?:/${component})*$`);
const hexLengths: Record<string, number> = { sha256: 64, sha384: 96, sha512: 128 };

export function canAskRepository(name: string): boolean {
  return name.length <= 255 && repositoryName.test(name);
}

export function canAskTag(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(name);
}

export function canAskDigest(digest: string): boolean {
  const [, algorithm = "", hex = ""] = /^([a-z0-9]+):([a-f0-9]+)$/.exec(digest) ?? [];
  return hex.length > 0 && hex.length === hexLengths[algorithm] && !/\n/.test(digest);
}

export function hashesTo(bytes: Uint8Array, digest: string): boolean {
  const algorithm = digest.slice(0, digest.indexOf(":"));
  return canAskDigest(digest) && `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` === digest;
}

/**
 * The repositories under `<root>/docker/registry/v2/repositories` that have an entry `_manifests` and an askable name.
 * Taken from disk because the catalogue leaves some out. Follows links to folders, as the registry's paths do.
 */
export function repositoriesOnDisk(root: string): string[] {
  const found: string[] = [];
  const visit = (folder: string, name: string, depth: number) => {
    for (const entry of entriesOf(folder)) {
      if (entry === "_manifests" && canAskRepository(name)) found.push(name);
      if (!entry.startsWith("_") && depth < 12)
        visit(join(folder, entry), name ? `${name}/${entry}` : entry, depth + 1);
    }
  };
  visit(join(root, "docker/registry/v2/repositories"), "", 0);
  return found.sort();
}

function entriesOf(folder: string): string[] {
  try {
    return statSync(folder).isDirectory() ? readdirSync(folder) : [];
  } catch {
    return [];
  }
}
