// A file system whose n-th call fails, or comes back short, for tests that let every call of a run fail in turn.
import type { StorageFs } from "../../src/scan/fs/storage-fs.ts";

/** A system's error, or a read that gives less than was asked for and than is there. */
export const FAULTS = ["EIO", "EACCES", "ENOENT", "EMFILE", "ESTALE", "ENAMETOOLONG", "short read"] as const;
export type Fault = (typeof FAULTS)[number];

/** What fails: that call alone, every call on its path from then on, or every call at all from then on. */
export const LASTING = ["once", "path", "all"] as const;
export type Lasting = (typeof LASTING)[number];

export interface FaultPlan {
  /** The number of the call, from 0. */
  readonly call: number;
  readonly fault: Fault;
  readonly lasting: Lasting;
}

export interface FaultyFs {
  readonly fs: StorageFs;
  /** The calls made so far. */
  calls: number;
  /** The path of the first call that failed; undefined while none has. */
  path: string | undefined;
  /** Paths that a call failed on and none has been made on since that did not: what was never read. */
  readonly unread: Set<string>;
  /** Files that are open. */
  readonly open: Map<number, string>;
}

/** With `plan` undefined, counts alone. */
export function faulty(storageFs: StorageFs, plan?: FaultPlan): FaultyFs {
  const state: FaultyFs = { fs: undefined as never, calls: 0, path: undefined, unread: new Set(), open: new Map() };

  /** Whether this call is one that fails. */
  function fails(path: string): boolean {
    const call = state.calls++;
    if (plan === undefined || call < plan.call) return false;
    if (call === plan.call) state.path = path;
    return call === plan.call || plan.lasting === "all" || (plan.lasting === "path" && path === state.path);
  }

  function make<Result>(name: string, path: string, call: (isShort: boolean) => Result): Result {
    const part = `${PARTS[name]} ${path}`;
    const isFault = fails(path);
    if (!isFault || plan!.fault === "short read") {
      try {
        const result = call(isFault);
        if (name !== "openSync") state.unread.delete(part);
        return result;
      } catch (error) {
        // What it says of itself is an answer too.
        state.unread.delete(part);
        throw error;
      }
    }
    state.unread.add(part);
    const code = plan!.fault;
    throw Object.assign(new Error(`${code}: ${name} '${path}'`), { code, syscall: name, path });
  }

  const looking = (name: "statSync" | "lstatSync") => (path: string) =>
    make(name, String(path), () => storageFs[name](path));
  const fs = {
    readdirSync: (path: string, ...rest: []) =>
      make("readdirSync", String(path), () => storageFs.readdirSync(path, ...rest)),
    statSync: looking("statSync"),
    lstatSync: looking("lstatSync"),
    openSync: (path: string, ...rest: [string]) =>
      make("openSync", String(path), () => {
        const file = storageFs.openSync(path, ...rest);
        state.open.set(file, String(path));
        return file;
      }),
    readSync: (file: number, buffer: Buffer, offset: number, length: number, position: number | null) =>
      make("readSync", state.open.get(file)!, (isShort) =>
        storageFs.readSync(file, buffer, offset, isShort ? Math.ceil(length / 16) : length, position),
      ),
    statfsSync: storageFs.statfsSync.bind(storageFs),
    accessSync: storageFs.accessSync.bind(storageFs),
    fstatSync: (file: number) => make("fstatSync", state.open.get(file)!, () => storageFs.fstatSync(file)),
    closeSync: (file: number) => {
      const path = state.open.get(file)!;
      // Whatever it says, the system has closed it.
      storageFs.closeSync(file);
      state.open.delete(file);
      make("closeSync", path, () => undefined);
    },
  };
  return Object.assign(state, { fs: fs as unknown as StorageFs });
}

/** What a call reads of a path. */
const PARTS: Readonly<Record<string, string>> = {
  readdirSync: "entries",
  statSync: "stat",
  lstatSync: "stat",
  openSync: "content",
  fstatSync: "content",
  readSync: "content",
  closeSync: "content",
};

/** The file system as if a path, and all below it, were gone; where `isListed`, since its own folder was listed. */
export function without(storageFs: StorageFs, gone: string, isListed: boolean): StorageFs {
  const isGone = (path: unknown) => String(path) === gone || String(path).startsWith(`${gone}/`);
  const refuse = (path: unknown) => Object.assign(new Error(`ENOENT: '${path}'`), { code: "ENOENT", path });
  const looking = (name: "statSync" | "lstatSync") => (path: string) => {
    if (isGone(path)) throw refuse(path);
    return storageFs[name](path);
  };
  return {
    ...storageFs,
    statSync: looking("statSync"),
    lstatSync: looking("lstatSync"),
    readdirSync: (path: string, ...rest: []) => {
      if (isGone(path)) throw refuse(path);
      const entries = storageFs.readdirSync(path, ...rest) as (string | { name: string })[];
      return entries.filter(
        (entry) => isListed || !isGone(`${path}/${typeof entry === "string" ? entry : entry.name}`),
      );
    },
    openSync: (path: string, ...rest: [string]) => {
      if (isGone(path)) throw refuse(path);
      return storageFs.openSync(path, ...rest);
    },
  } as unknown as StorageFs;
}
