// Finds the storage roots under the paths that were given, and tells caches from authoritative ones.
import { basename, resolve } from "node:path";
import { NoRootError } from "../contract/errors.ts";
import type { Evidence } from "../contract/run.ts";
import { DiskState } from "../facts/facts.ts";
import { DATABASE_IN_USE, SCHEDULER_STATE, STORAGE } from "../layout/paths.ts";
import { globFolders } from "./fs/glob-folders.ts";
import { noting } from "./fs/noting-fs.ts";
import { errorCode, identityOf, listEntries, type StorageFs, statPath } from "./fs/storage-fs.ts";

export type RootKind = "authoritative" | "cache";

export interface StorageRoot {
  /** Its path below the base folder, or its last path component where it was given itself. Unique in a run. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: RootKind;
  /** Whether its registry remembers in memory which blobs there are; undefined where nothing tells. */
  readonly cachesDescriptors?: boolean | undefined;
  /** The platforms, `os/arch`, without which its registry takes no index; undefined for all. */
  readonly indexPlatforms?: readonly string[] | undefined;
  /** With an index: what of it was read, and when. */
  readonly evidence?: Evidence;
}

/** Every file system's own folder for its fsck, which only root can list: no root is in it. */
const LOST_AND_FOUND = "lost+found";

/** How deep below a base folder roots are looked for. */
const DEPTHS = ["*/", "*/*/", "*/*/*/"];

/** How many folders below a base folder are looked through for roots deeper down. */
const MOST_FOLDERS = 50_000;

export interface FoundRoots {
  readonly roots: readonly StorageRoot[];
  /**
   * Folders under a base folder that could not be looked into, so that a root in them would have been missed, and roots
   * too deep down to be taken.
   */
  readonly unreadable: readonly { readonly path: string; readonly error: string }[];
}

/**
 * The storage roots at or under the given paths, in the order given, then by name. One that is there by several paths
 * (symbolic links, bind mounts) is taken once: by the path that was given first, under a base folder by its own.
 * Throws a NoRootError for a path that is missing, no folder, unreadable, or holds no root.
 */
export function findRoots(diskFs: StorageFs, paths: readonly string[]): FoundRoots {
  const found = new Map<string, StorageRoot>();
  const names = new Set<string>();
  const identities = new Set<string>();
  const refusals = new Map<string, string>();
  const databases = new Map<string, string>();
  const storageFs = noting(diskFs, (path, code) => refusals.set(path, code));
  let searched = new Map<string, number>();
  let base = "";
  /** Whether symbolic links lead here, to what was searched from no deeper a place: all that is in it is known. */
  const isKnown = (path: string) => {
    const below = path.slice(base.length + 1);
    if (!hasLink(storageFs, base, below)) return false;
    const identity = identityOf(storageFs, path);
    const depth = below.split("/").length;
    if ((searched.get(identity) ?? Number.POSITIVE_INFINITY) <= depth) return true;
    searched.set(identity, depth);
    return false;
  };
  const readdirSync = (path: string) => {
    if (isKnown(path)) return [];
    const listing = listEntries(storageFs, path);
    if (listing.state === DiskState.ok) return listing.entries.filter((entry) => entry.name !== LOST_AND_FOUND);
    return [];
  };
  const { statSync, lstatSync } = storageFs;
  for (const given of paths) {
    base = resolve(given);
    searched = new Map([[identityOf(storageFs, base), 0]]);
    checkFolder(storageFs, given, base);
    const known = refusals.size;
    const globs = DEPTHS.map((depth) => `${depth}${STORAGE}`);
    const storages = globFolders(base, globs, { readdirSync, statSync, lstatSync });
    const own = statPath(storageFs, `${base}/${STORAGE}`);
    if (own.stat?.isDirectory()) storages.push(STORAGE);
    if (storages.length === 0) {
      const refused = [...refusals].slice(known).map(([path, code]) => `${path} (${code})`);
      throw new NoRootError(`${given}: ${explainNoRoot(storageFs, base, refused[0])}`);
    }
    for (const path of deeperRoots(storageFs, base)) {
      refusals.set(path, "a storage root more than three folders down: give it as a path of its own");
    }
    const places = storages.sort().map((storage) => storage.slice(0, -STORAGE.length).replace(/\/$/, ""));
    for (const below of firstOfEach(storageFs, base, places, identities)) {
      const path = below === "" ? base : `${base}/${below}`;
      if (hasDatabase(storageFs, path)) {
        databases.set(path, NOT_ON_DISK);
        continue;
      }
      const short = below === "" ? basename(base) || "/" : below;
      const name = names.has(short) ? path : short;
      names.add(name);
      found.set(path, { name, path, kind: isCache(storageFs, path) ? "cache" : "authoritative" });
    }
  }
  const [first] = databases.keys();
  if (found.size === 0 && first !== undefined) throw new NoRootError(`${first}: ${NOT_ON_DISK}`);
  const unreadable = [...refusals, ...databases].map(([path, error]) => ({ path, error }));
  return { roots: [...found.values()], unreadable };
}

const NOT_ON_DISK = `GitLab's container registry keeps its metadata in a database (${DATABASE_IN_USE}), so nothing can be told from the disk`;

/** Whether what the registry serves is no longer what links and tags on the disk say. */
function hasDatabase(storageFs: StorageFs, root: string): boolean {
  // What cannot be looked at is noted, so that the run is incomplete.
  return statPath(storageFs, `${root}/${DATABASE_IN_USE}`).stat !== undefined;
}

/**
 * What looks like a storage root further down than roots are taken from, by absolute path. Follows no symbolic link, and
 * goes into no storage.
 */
function deeperRoots(storageFs: StorageFs, base: string): string[] {
  const deeper: string[] = [];
  const folders = [base];
  for (let next = 0; next < folders.length && next < MOST_FOLDERS; next++) {
    const folder = folders[next]!;
    const listing = listEntries(storageFs, folder);
    if (listing.state !== DiskState.ok) continue;
    for (const entry of listing.entries) {
      if (!entry.isDirectory() || entry.name === LOST_AND_FOUND) continue;
      const path = `${folder}/${entry.name}`;
      if (!path.endsWith(`/${STORAGE}`)) folders.push(path);
      else {
        const root = path.slice(0, -STORAGE.length - 1);
        if (root.slice(base.length).split("/").length - 1 > DEPTHS.length) deeper.push(root);
      }
    }
  }
  return deeper;
}

/** Those of the places of roots below a base folder whose storage is none of `known`, sorted as they were given. */
function firstOfEach(storageFs: StorageFs, base: string, places: readonly string[], known: Set<string>): string[] {
  const linked = new Set(places.filter((place) => hasLink(storageFs, base, place)));
  const kept = new Set<string>();
  for (const place of [...places.filter((one) => !linked.has(one)), ...linked]) {
    const identity = identityOf(storageFs, `${base}/${place}/${STORAGE}`);
    if (!known.has(identity)) kept.add(place);
    known.add(identity);
  }
  return places.filter((place) => kept.has(place));
}

/** Whether a part of the path below a base folder is a symbolic link. */
function hasLink(storageFs: StorageFs, base: string, below: string): boolean {
  if (below === "") return false;
  const parts = below.split("/");
  return parts.some((_, index) => isLink(storageFs, `${base}/${parts.slice(0, index + 1).join("/")}`));
}

function isLink(storageFs: StorageFs, path: string): boolean {
  try {
    return storageFs.lstatSync(path).isSymbolicLink();
  } catch (error) {
    errorCode(error);
    return false;
  }
}

function checkFolder(storageFs: StorageFs, given: string, path: string): void {
  try {
    if (!storageFs.statSync(path).isDirectory()) throw new NoRootError(`${given}: not a directory`);
    storageFs.readdirSync(path);
  } catch (error) {
    if (error instanceof NoRootError) throw error;
    const code = errorCode(error);
    throw new NoRootError(`${given}: ${code === "ENOENT" ? "no such directory" : `cannot be read (${code})`}`);
  }
}

/** `refused` is a folder that could not be looked into, where a root may be. */
function explainNoRoot(storageFs: StorageFs, base: string, refused: string | undefined): string {
  for (const [inside, above, storage] of [
    ["registry/v2", "..", "registry/v2"],
    ["v2", "../..", "v2"],
    ["repositories", "../../..", "."],
  ] as const) {
    if (!statPath(storageFs, `${base}/${inside}`).stat?.isDirectory()) continue;
    const root = resolve(base, above);
    // A copy of a part of a storage root has the right folders inside, and none above.
    const isRoot = identityOf(storageFs, `${root}/${STORAGE}`) === identityOf(storageFs, resolve(base, storage));
    if (isRoot) return `inside a storage root; give the root itself: ${root}`;
    return `a part of a storage root, and in none: what holds its repositories belongs at ${STORAGE} of a folder; give that folder`;
  }
  if (refused !== undefined) return `no storage root that can be read: ${refused}`;
  return `no storage root: ${STORAGE} is neither here nor up to three folders down (is the volume mounted?)`;
}

function isCache(storageFs: StorageFs, root: string): boolean {
  const { stat, code } = statPath(storageFs, `${root}/${SCHEDULER_STATE}`);
  return stat !== undefined || code !== undefined;
}
