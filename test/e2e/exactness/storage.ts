// A storage root as plain files: lists what is there, and changes it without ever blocking on a fifo or following a link.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";

export const base = "docker/registry/v2";
export const repositoriesBase = `${base}/repositories`;

export interface Entry {
  /** Relative to the root. */
  path: string;
  kind: "file" | "folder" | "symlink" | "other";
}

/** All entries under the root, parents first, in code unit order; names that are not UTF-8 are left out. */
export function listTree(root: string): Entry[] {
  const entries: Entry[] = [];
  const visit = (folder: string) => {
    const names = readdirSync(join(root, folder), { withFileTypes: true });
    for (const name of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.name.includes("\uFFFD")) continue;
      const path = folder === "" ? name.name : `${folder}/${name.name}`;
      const kind = name.isDirectory() ? "folder" : name.isFile() ? "file" : name.isSymbolicLink() ? "symlink" : "other";
      entries.push({ path, kind });
      if (kind === "folder") visit(path);
    }
  };
  visit("");
  return entries;
}

/** What the changes below have in common: paths are relative to the root, and each change is made or throws. */
export class Storage {
  readonly root: string;
  private moved = 0;

  constructor(root: string) {
    this.root = root;
  }

  absolute(path: string): string {
    return join(this.root, path);
  }

  kindOf(path: string): Entry["kind"] | "none" {
    const stat = lstatSync(this.absolute(path), { throwIfNoEntry: false });
    if (stat === undefined) return "none";
    return stat.isDirectory() ? "folder" : stat.isFile() ? "file" : stat.isSymbolicLink() ? "symlink" : "other";
  }

  /** The content of a regular file; undefined for anything else. */
  read(path: string): Buffer | undefined {
    return this.kindOf(path) === "file" ? readFileSync(this.absolute(path)) : undefined;
  }

  /** Puts a regular file there, whatever was there before. */
  write(path: string, content: string | Uint8Array): true {
    if (this.kindOf(path) !== "file") this.remove(path);
    mkdirSync(dirname(this.absolute(path)), { recursive: true });
    writeFileSync(this.absolute(path), content);
    return true;
  }

  remove(path: string): true {
    rmSync(this.absolute(path), { recursive: true, force: true });
    return true;
  }

  makeFolder(path: string): true {
    this.remove(path);
    mkdirSync(this.absolute(path), { recursive: true });
    return true;
  }

  makeFifo(path: string): true {
    this.remove(path);
    execFileSync("mkfifo", [this.absolute(path)]);
    return true;
  }

  makeSymlink(path: string, target: string): true {
    this.remove(path);
    symlinkSync(target, this.absolute(path));
    return true;
  }

  /** Moves it to a folder beside `docker/`, where the registry never looks, and leaves a relative link to it. */
  moveBehindSymlink(path: string): true {
    const target = `elsewhere/${this.moved}`;
    this.moved += 1;
    this.move(path, target);
    this.makeSymlink(path, relative(dirname(this.absolute(path)), this.absolute(target)));
    return true;
  }

  move(path: string, to: string): true {
    mkdirSync(dirname(this.absolute(to)), { recursive: true });
    renameSync(this.absolute(path), this.absolute(to));
    return true;
  }

  copy(path: string, to: string): true {
    mkdirSync(dirname(this.absolute(to)), { recursive: true });
    cpSync(this.absolute(path), this.absolute(to), { recursive: true, verbatimSymlinks: true });
    return true;
  }

  exists(path: string): boolean {
    return existsSync(this.absolute(path));
  }
}
