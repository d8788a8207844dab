// A file system that notes what it could not read, for code that asks in passing and would go on without an answer.
import { DiskState } from "../../facts/facts.ts";
import { type StorageFs, stateOfError } from "./storage-fs.ts";

/** Calls `note` for each call that fails and so says nothing about what is there; throws all the same. */
export function noting(storageFs: StorageFs, note: (path: string, code: string) => void): StorageFs {
  const open = new Map<number, string>();
  const attempt = <Result>(path: string, call: () => Result): Result => {
    try {
      return call();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (/^E[A-Z0-9]+$/.test(code) && stateOfError(code) === DiskState.unreadable) note(path, code);
      throw error;
    }
  };
  const onPath = <Args extends unknown[], Result>(call: (...args: Args) => Result) => {
    return (...args: Args): Result => attempt(String(args[0]), () => call(...args));
  };
  return {
    readdirSync: onPath(storageFs.readdirSync as (...args: unknown[]) => unknown) as StorageFs["readdirSync"],
    statSync: onPath(storageFs.statSync as (...args: unknown[]) => unknown) as StorageFs["statSync"],
    lstatSync: onPath(storageFs.lstatSync as (...args: unknown[]) => unknown) as StorageFs["lstatSync"],
    fstatSync: (file) => attempt(open.get(file) ?? "", () => storageFs.fstatSync(file)),
    // That something may not be written says nothing of whether it was read.
    accessSync: (path, mode) => storageFs.accessSync(path, mode),
    statfsSync: onPath(storageFs.statfsSync),
    openSync: onPath((path, ...rest) => {
      const file = storageFs.openSync(path, ...rest);
      open.set(file, String(path));
      return file;
    }),
    readSync: ((file: number, ...rest: [Buffer, number, number, number | null]) =>
      attempt(open.get(file) ?? "", () => storageFs.readSync(file, ...rest))) as StorageFs["readSync"],
    closeSync: (file) => attempt(open.get(file) ?? "", () => storageFs.closeSync(file)),
  };
}
