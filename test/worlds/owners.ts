// Worlds whose files seem to belong to someone: a registry that an ordinary user serves, and what root restored into it. The
// file system says so in what a stat gives; it refuses nobody, so that such a test runs as any user.
import type { Stats } from "node:fs";
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";
import { World } from "./world.ts";

/** Who serves the registry in tests; no test is run by this one. */
export const SERVER = 4321;

interface Owned {
  readonly uid: number;
  /** Permission bits. */
  readonly mode: number;
}

/** The world's files, all of which belong to `owner` but for some, by path below the root ("" for itself). */
export function ownedFs({ fs, root }: World, owner: number, others: ReadonlyMap<string, Owned>): StorageFs {
  const { readdirSync, openSync, readSync, closeSync, lstatSync, fstatSync, statfsSync, accessSync } = fs;
  const statSync = (path: string, ...rest: []): Stats => {
    const stat = fs.statSync(path, ...rest);
    const { uid, mode } = others.get(path.slice(root.length + 1)) ?? { uid: owner, mode: stat.mode };
    return Object.assign(stat, { uid, gid: uid, mode: (stat.mode & ~0o7777) | (mode & 0o7777) });
  };
  const calls = { readdirSync, openSync, readSync, closeSync, lstatSync, fstatSync, statfsSync, accessSync };
  return { ...calls, statSync: statSync as StorageFs["statSync"] };
}

/** A world all of which belongs to SERVER. */
export class ServedWorld extends World {
  readonly #others = new Map<string, Owned>();
  #owner = SERVER;

  /** The owner of all the rest. */
  giveAll(uid: number): void {
    this.#owner = uid;
  }

  /** What root's restore leaves at a path, "" for the root: its own, for others as the mode says. */
  restoreAsRoot(path: string, mode: number): void {
    this.change(path, 0, mode);
  }

  change(path: string, uid: number, mode: number): void {
    this.#others.set(path, { uid, mode });
  }

  get servedFs(): StorageFs {
    return ownedFs(this, this.#owner, this.#others);
  }
}
