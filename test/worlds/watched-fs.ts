// A file system that tells a test before each call, so that it can count, fail or change what is about to be read.
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";

export type Call = "readdirSync" | "statSync" | "lstatSync" | "openSync";

/** Calls `before` with the call's name and path; what it throws, the call throws. */
export function watched(storageFs: StorageFs, before: (call: Call, path: string) => void): StorageFs {
  const watch =
    (call: Call) =>
    (path: string, ...rest: unknown[]) => {
      before(call, path);
      return (storageFs[call] as (...args: unknown[]) => unknown)(path, ...rest);
    };
  return {
    readdirSync: watch("readdirSync"),
    statSync: watch("statSync"),
    lstatSync: watch("lstatSync"),
    openSync: watch("openSync"),
    fstatSync: storageFs.fstatSync.bind(storageFs),
    statfsSync: storageFs.statfsSync.bind(storageFs),
    accessSync: storageFs.accessSync.bind(storageFs),
    readSync: storageFs.readSync.bind(storageFs),
    closeSync: storageFs.closeSync.bind(storageFs),
  } as unknown as StorageFs;
}

/** The paths that one call is made with, in order. */
export function recorded(storageFs: StorageFs, call: Call): { fs: StorageFs; paths: string[] } {
  const paths: string[] = [];
  const fs = watched(storageFs, (made, path) => {
    if (made === call) paths.push(path);
  });
  return { fs, paths };
}

/** Fails every call whose path the pattern matches. */
export function failing(storageFs: StorageFs, code: string, pattern: RegExp, calls?: readonly Call[]): StorageFs {
  return watched(storageFs, (call, path) => {
    if (pattern.test(path) && (calls === undefined || calls.includes(call))) {
      throw Object.assign(new Error(`${code}: ${call} '${path}'`), { code });
    }
  });
}
