// Counts what a scan has to look at, by listing folders alone: the unit in which costs are compared between sizes.
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Entries that a scan looks at once each. */
export interface Entries {
  blobs: number;
  layerLinks: number;
  revisions: number;
  tags: number;
}

export function countEntries(root: string): Entries {
  const base = join(root, "docker/registry/v2");
  const entries: Entries = { blobs: 0, layerLinks: 0, revisions: 0, tags: 0 };
  for (const shard of list(join(base, "blobs/sha256"))) entries.blobs += list(join(base, "blobs/sha256", shard)).length;
  countRepositories(join(base, "repositories"), entries);
  return entries;
}

export function sumEntries(entries: Entries): number {
  return entries.blobs + entries.layerLinks + entries.revisions + entries.tags;
}

function countRepositories(folder: string, entries: Entries): void {
  const names = list(folder);
  if (names.includes("_layers")) {
    entries.layerLinks += list(join(folder, "_layers/sha256")).length;
    entries.revisions += list(join(folder, "_manifests/revisions/sha256")).length;
    entries.tags += list(join(folder, "_manifests/tags")).length;
  }
  for (const name of names) if (!name.startsWith("_")) countRepositories(join(folder, name), entries);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
