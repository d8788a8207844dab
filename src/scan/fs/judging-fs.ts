// A file system that judges, by owners and modes, what another user could not have read of all that is read through it:
// the user who serves the registry, where root scans. Access control lists are not looked at.
import type { Stats } from "node:fs";
import type { ClosedPath, User } from "../../facts/closed.ts";
import type { Unreadable } from "../../facts/facts.ts";
import { BLOBS, parentOf } from "../../layout/paths.ts";
import { mayAccess } from "../access.ts";
import { type StorageFs, statPath } from "./storage-fs.ts";

const READ = 0o4;
const ENTER = 0o1;
const PERMISSIONS = 0o7777;

/** What of the blob store the registry reads when it serves: what else lies there concerns no client. */
const SERVED_BLOBS = /^[a-z0-9]+(?:\/[0-9a-f]{2}(?:\/[0-9a-f]+(?:\/data)?)?)?$/;

export interface Judged extends User {
  /**
   * Whether the directory of each single link and blob is looked at too. Without, only of those whose file is not the user's
   * own: whoever restores a file makes its directory, and it spares a call for each.
   */
  readonly isNamed: boolean;
}

/** Notes closed paths, each once, the most general one alone. */
export class Judge {
  readonly closed: ClosedPath[] = [];
  /** What could not be looked at, so that nothing is said of it. */
  readonly unreadable: Unreadable[] = [];
  readonly #fs: StorageFs;
  readonly #root: string;
  readonly #user: Judged;
  /** Whether the user gets into a directory. */
  readonly #entered = new Map<string, boolean>();

  /** `root` is the storage root's path; above it nothing is judged, since it may be mounted elsewhere. */
  constructor(storageFs: StorageFs, root: string, user: Judged) {
    this.#fs = storageFs;
    this.#root = root;
    this.#user = user;
  }

  /** One that has been looked at already. `path` is absolute, as all below are. */
  file(path: string, stat: Stats): void {
    const relative = this.#judged(path);
    if (relative === undefined) return;
    const isOwn = !this.#user.isNamed && stat.uid === this.#user.uid;
    if (!this.#enters(isOwn ? sharedFolder(relative) : parentOf(relative))) return;
    if (stat.isDirectory()) this.#note(relative, stat, ENTER, "enter");
    else this.#note(relative, stat, READ, "read");
  }

  /** Looks at a file, or at a directory that is to be entered. */
  looksAt(path: string): void {
    const relative = this.#judged(path);
    const stat = relative === undefined ? undefined : this.#stat(relative);
    if (stat !== undefined) this.file(path, stat);
  }

  /** Looks at a directory. */
  lists(path: string): void {
    const relative = this.#judged(path);
    if (relative === undefined || !this.#enters(relative)) return;
    const stat = this.#stat(relative);
    if (stat?.isDirectory()) this.#note(relative, stat, READ, "list");
  }

  #stat(relative: string): Stats | undefined {
    const { stat, code } = statPath(this.#fs, relative === "" ? this.#root : `${this.#root}/${relative}`);
    if (code !== undefined) this.unreadable.push({ path: relative, error: code });
    return stat;
  }

  #judged(path: string): string | undefined {
    const relative = path.slice(this.#root.length + 1);
    if (relative.includes("/_uploads/")) return undefined;
    const inStore = relative.startsWith(`${BLOBS}/`) ? relative.slice(BLOBS.length + 1) : undefined;
    return inStore === undefined || SERVED_BLOBS.test(inStore) ? relative : undefined;
  }

  /** Whether the user gets into a directory and all above it. */
  #enters(relative: string): boolean {
    const known = this.#entered.get(relative);
    if (known !== undefined) return known;
    let enters = relative === "" || this.#enters(parentOf(relative));
    if (enters) {
      const stat = this.#stat(relative);
      enters = stat === undefined || !stat.isDirectory() || !this.#note(relative, stat, ENTER, "enter");
    }
    this.#entered.set(relative, enters);
    return enters;
  }

  /** Whether it is closed, and so noted. */
  #note(path: string, stat: Stats, wanted: number, need: ClosedPath["need"]): boolean {
    if (mayAccess(stat, this.#user, wanted)) return false;
    this.closed.push({
      path: path === "" ? "." : path,
      uid: stat.uid,
      gid: stat.gid,
      mode: stat.mode & PERMISSIONS,
      need,
    });
    return true;
  }
}

/** Has the judge look at each link that is opened or looked at, each directory that is listed, and each blob that is looked at. */
export function judging(storageFs: StorageFs, judge: Judge): StorageFs {
  const { lstatSync, fstatSync, statfsSync, accessSync, readSync, closeSync } = storageFs;
  return {
    lstatSync,
    fstatSync,
    statfsSync,
    accessSync,
    readSync,
    closeSync,
    statSync: ((path: string, ...rest: []) => {
      const stat = storageFs.statSync(path, ...rest);
      if (path.endsWith("/data") || path.endsWith("/link")) judge.file(path, stat);
      return stat;
    }) as StorageFs["statSync"],
    openSync: (path, ...rest) => {
      if (String(path).endsWith("/link")) judge.looksAt(String(path));
      return storageFs.openSync(path, ...rest);
    },
    readdirSync: ((path: string | Buffer, ...rest: []) => {
      // A name that is not UTF-8 is asked for as bytes: nothing below it is served.
      if (typeof path === "string") judge.lists(path);
      return storageFs.readdirSync(path, ...rest);
    }) as StorageFs["readdirSync"],
  };
}

/** The directory that a link's or blob's own directory lies in, which others share. */
function sharedFolder(path: string): string {
  if (path.endsWith("/current/link")) return parentOf(parentOf(parentOf(path)));
  return path.endsWith("/link") || path.endsWith("/data") ? parentOf(parentOf(path)) : parentOf(path);
}
