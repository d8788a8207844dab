// The roots to look for an image in. Searching for roots and listing their repositories would take longer than
// verifying the image does, so neither is done where it can be told without.
import { basename, resolve } from "node:path";
import type { RootChoice } from "../inspect/choose-roots.ts";
import { REPOSITORIES, SCHEDULER_STATE, STORAGE } from "../layout/paths.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { isThere, listEntries, listNames, type StorageFs } from "../scan/fs/storage-fs.ts";

export interface RootsToVerify {
  readonly roots: readonly StorageRoot[];
  readonly unreadable: readonly { readonly path: string; readonly error: string }[];
}

type Choice = Omit<RootChoice, "repositories">;

/** The roots at or under the path. Throws what `chooseRoots` throws. */
export async function rootsToVerify(storageFs: StorageFs, options: Choice): Promise<RootsToVerify> {
  const { paths, kinds, caches, authoritative, registryConfig } = options;
  const isPlain = kinds.size + caches.length + authoritative.length === 0 && registryConfig === undefined;
  const alone = isPlain && paths.length === 1 ? rootAlone(storageFs, resolve(paths[0]!)) : undefined;
  if (alone) return { roots: [alone], unreadable: [] };
  const { chooseRoots } = await import("../inspect/choose-roots.ts");
  // Only what a scheduler-state.json says of the rest takes the repositories.
  const isUnneeded = (path: string) =>
    path.endsWith(`/${REPOSITORIES}`) &&
    !isThere(storageFs, `${path.slice(0, -REPOSITORIES.length)}${SCHEDULER_STATE}`);
  const readdirSync = ((path: string, ...rest: []) =>
    isUnneeded(path) ? [] : storageFs.readdirSync(path, ...rest)) as StorageFs["readdirSync"];
  const { chosen, unreadable } = chooseRoots({ ...storageFs, readdirSync }, { ...options, repositories: [] });
  return { roots: chosen.map(({ root }) => root), unreadable };
}

/**
 * The root at this path, where the path holds a root's own folders and no other, so that no further root can be below.
 * Undefined too where anything cannot be read: the search tells of that.
 */
function rootAlone(storageFs: StorageFs, path: string): StorageRoot | undefined {
  let folder = path;
  for (const name of STORAGE.split("/")) {
    const listing = listEntries(storageFs, folder);
    const folders = "entries" in listing ? listing.entries.filter((entry) => !entry.isFile()) : [];
    if (folders.length !== 1 || folders[0]!.name !== name || !folders[0]!.isDirectory()) return undefined;
    folder += `/${name}`;
  }
  const parts = listNames(storageFs, folder);
  if (!("entries" in parts) || parts.entries.some((name) => name !== "blobs" && name !== "repositories"))
    return undefined;
  if (isThere(storageFs, `${path}/${SCHEDULER_STATE}`)) return undefined;
  return { name: basename(path) || "/", path, kind: "authoritative" };
}
