// Folders below one that match globs, by fast-glob, which sees paths from there alone: in its own folder it takes a
// backslash, a character as any other, for a slash, and would look elsewhere.
import type { Dirent } from "node:fs";
import fastGlob from "fast-glob";
import type { StorageFs } from "./storage-fs.ts";

/** How a folder is listed, and what symbolic links lead to. */
interface Listed extends Pick<StorageFs, "statSync" | "lstatSync"> {
  readdirSync(path: string): readonly Dirent[];
}

/** Relative to `base`. The calls of `fs` are made with whole paths. */
export function globFolders(base: string, globs: string | string[], fs: Listed): string[] {
  const at = (path: string) => (path === "/" ? base : base === "/" ? path : `${base}${path}`);
  const calls = {
    readdirSync: (path: string) => fs.readdirSync(at(path)),
    statSync: (path: string) => fs.statSync(at(path)),
    lstatSync: (path: string) => fs.lstatSync(at(path)),
  };
  return fastGlob.sync(globs, { cwd: "/", dot: true, onlyDirectories: true, fs: calls as unknown as StorageFs });
}
