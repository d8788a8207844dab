// Walks the folders below repositories/ as far as repository names go: never into a folder that begins with `_`,
// where the digests are. One listing a folder, by fast-glob over a file system that keeps what it hands out.
import type { Dirent } from "node:fs";
import fastGlob from "fast-glob";
import {
  DiskState,
  type NamespaceEntry,
  type NamespaceFacts,
  type UnexpectedEntry,
  type Unreadable,
} from "../facts/facts.ts";
import { namespaceFolder, REPOSITORIES } from "../layout/paths.ts";
import { globFolders } from "./fs/glob-folders.ts";
import { noting } from "./fs/noting-fs.ts";
import {
  identityOf,
  isThere,
  listEntries,
  MOST_VISITS,
  type StorageFs,
  stateOfError,
  statPath,
} from "./fs/storage-fs.ts";
import { isUndecodableName, undecodableFoldersHold } from "./undecodable-names.ts";

/** Lists the namespace of the storage root at `root`. `repositoryEntry` is what makes a folder a repository to the registry. */
export function listNamespace(
  storageFs: StorageFs,
  root: string,
  { repositoryEntry } = { repositoryEntry: "_layers" },
): NamespaceFacts {
  const base = `${root}/${REPOSITORIES}`;
  const folders = new Map<string, readonly NamespaceEntry[]>();
  const empty: string[] = [];
  const unexpected: UnexpectedEntry[] = [];
  const unreadable: Unreadable[] = [];
  const notingFs = noting(storageFs, (path, error) => unreadable.push({ path: path.slice(root.length + 1), error }));
  const linked = new LinkedFolders(notingFs, base);

  function list(path: string): Dirent[] {
    const below = path.slice(base.length + 1);
    if (/(?:^|\/)_[^/]*$/.test(below)) return [];
    const relative = namespaceFolder(below);
    const listing = listEntries(storageFs, path);
    if (listing.state !== DiskState.ok) {
      if (listing.state !== DiskState.absent) unreadable.push({ path: relative, error: listing.code });
      return [];
    }
    const entries: NamespaceEntry[] = [];
    const enter: Dirent[] = [];
    let undecodable: string | undefined;
    for (const entry of listing.entries) {
      const kind = entryKind(notingFs, base, below, entry);
      if (kind === "gone" || kind === "unreadable") continue;
      if (kind === "dangling") {
        unreadable.push({ path: `${relative}/${entry.name}`, error: "a dangling symlink (is its volume mounted?)" });
        continue;
      }
      if (kind === "undecodable") {
        undecodable = `${relative}/${entry.name}`;
        continue;
      }
      if (kind === "loop") unexpected.push({ path: `${relative}/${entry.name}`, reason: "link-loop" });
      else {
        entries.push({ name: entry.name, folder: kind === "folder" });
        if (kind !== "folder") continue;
        if (linked.mayEnter(below, entry)) enter.push(entry);
        else if (!linked.hasRefused) {
          linked.hasRefused = true;
          unreadable.push({ path: `${relative}/${entry.name}`, error: "too many symbolic links lead here" });
        }
      }
    }
    if (undecodable !== undefined && undecodableFoldersHold(notingFs, path, repositoryEntry))
      unexpected.push({ path: undecodable, reason: "invalid-name" });
    folders.set(below, entries);
    if (listing.entries.length === 0) empty.push(below);
    return enter;
  }

  const { statSync, lstatSync } = notingFs;
  globFolders(base, "**", { readdirSync: list, statSync, lstatSync });
  return { folders, empty, unexpected, unreadable };
}

/** Folders that symbolic links lead to or above: counts the ways to each, so that crosswise links stay few. */
class LinkedFolders {
  readonly #fs: StorageFs;
  readonly #base: string;
  readonly #paths = new Set<string>();
  readonly #visits = new Map<string, number>();
  hasRefused = false;

  constructor(storageFs: StorageFs, base: string) {
    this.#fs = storageFs;
    this.#base = base;
  }

  mayEnter(below: string, entry: Dirent): boolean {
    if (!entry.isSymbolicLink() && !this.#paths.has(below)) return true;
    if (entry.name.startsWith("_")) return true;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    this.#paths.add(path);
    const identity = identityOf(this.#fs, `${this.#base}/${path}`);
    const count = (this.#visits.get(identity) ?? 0) + 1;
    this.#visits.set(identity, count);
    return count <= MOST_VISITS;
  }
}

type EntryKind = "folder" | "file" | "gone" | "dangling" | "loop" | "undecodable" | "unreadable";

function entryKind(storageFs: StorageFs, base: string, below: string, entry: Dirent): EntryKind {
  // A name that is not UTF-8 comes back with replacement characters, and so cannot be opened by it.
  if (isUndecodableName(entry.name)) return "undecodable";
  if (entry.isDirectory()) return "folder";
  if (!entry.isSymbolicLink()) return "file";
  const path = below === "" ? `${base}/${entry.name}` : `${base}/${below}/${entry.name}`;
  const { stat: target, code } = statPath(storageFs, path);
  if (code) return stateOfError(code) === DiskState.unreadable ? "unreadable" : "loop";
  // The registry passes over a symlink that leads nowhere, and so over all that its volume holds.
  if (!target) return isThere(storageFs, path) ? "dangling" : "gone";
  if (!target.isDirectory()) return "file";
  const parts = below === "" ? [] : below.split("/");
  const above = [base, ...parts.map((_, index) => `${base}/${parts.slice(0, index + 1).join("/")}`)];
  const loops = above.some((folder) => {
    const { stat } = statPath(storageFs, folder);
    return stat?.ino === target.ino && stat.dev === target.dev;
  });
  return loops ? "loop" : "folder";
}

/** A repository is a folder with any of these (a repository without `_layers` is one that garbage collection cannot see). */
const REPOSITORY_PARTS = new Set(["_manifests", "_layers", "_uploads"]);

/** The names of the repositories in a namespace, sorted by code point. */
export function repositoryNames(namespace: NamespaceFacts): string[] {
  const names: string[] = [];
  for (const [name, entries] of namespace.folders) {
    if (name !== "" && entries.some((entry) => REPOSITORY_PARTS.has(entry.name))) names.push(name);
  }
  return names.sort();
}

/** What fast-glob may ask of an entry: all repositories, and what they lie in, are folders. */
const FOLDER = {
  isDirectory: () => true,
  isFile: () => false,
  isSymbolicLink: () => false,
  isBlockDevice: () => false,
  isCharacterDevice: () => false,
  isFIFO: () => false,
  isSocket: () => false,
};

/** Those of the names that one of the globs matches, by fast-glob over a file system made of the names alone. */
export function selectNames(names: readonly string[], globs: readonly string[]): string[] {
  const children = new Map<string, Set<string>>();
  for (const name of names) {
    const parts = name.split("/");
    for (let depth = 0; depth < parts.length; depth++) {
      const parent = `/${parts.slice(0, depth).join("/")}`;
      const known = children.get(parent) ?? new Set<string>();
      children.set(parent, known.add(parts[depth]!));
    }
  }
  const statFolder = (path: string) => {
    const below = path.replace(/^\/+/, "");
    const exists = children.has(`/${below}`) || names.includes(below);
    if (exists) return FOLDER;
    throw Object.assign(new Error(`no such repository: ${below}`), { code: "ENOENT" });
  };
  const matched = fastGlob.sync(
    globs.filter((glob) => glob !== ""),
    {
      cwd: "/",
      dot: true,
      onlyDirectories: true,
      fs: {
        lstatSync: statFolder,
        statSync: statFolder,
        readdirSync: (path: string) =>
          [...(children.get(path === "/" ? "/" : path.replace(/\/$/, "")) ?? [])].map((name) => ({ ...FOLDER, name })),
      } as unknown as StorageFs,
    },
  );
  const chosen = new Set(matched);
  return names.filter((name) => chosen.has(name));
}
