// Folders whose names are not UTF-8: no repository can be in them, but the registry's walk goes in all the same.
import { errorCode, type StorageFs } from "./fs/storage-fs.ts";

/** Whether the registry's walk would meet a `_layers` in or below any folder of `parent` whose name is not UTF-8. */
export function undecodableFoldersHoldLayers(storageFs: StorageFs, parent: string): boolean {
  return list(storageFs, Buffer.from(parent)).some(
    ({ name, isFolder }) => isFolder && isUndecodable(name) && holdsLayers(storageFs, below(parent, name)),
  );
}

/** Whether a name as text has lost bytes that are not UTF-8. */
export function isUndecodableName(name: string): boolean {
  return name.includes("\ufffd");
}

function isUndecodable(name: Buffer): boolean {
  return isUndecodableName(name.toString());
}

function holdsLayers(storageFs: StorageFs, folder: Buffer): boolean {
  return list(storageFs, folder).some(({ name, isFolder }) => {
    if (name.toString() === "_layers") return true;
    return isFolder && name[0] !== 0x5f && holdsLayers(storageFs, below(folder, name));
  });
}

function list(storageFs: StorageFs, folder: Buffer): { readonly name: Buffer; readonly isFolder: boolean }[] {
  try {
    const entries = storageFs.readdirSync(folder, { withFileTypes: true, encoding: "buffer" });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    errorCode(error);
    return [];
  }
}

function below(folder: string | Buffer, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from("/"), name]);
}
