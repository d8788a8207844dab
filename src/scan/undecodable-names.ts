// Folders whose names are not UTF-8: no repository or blob can be in them, but the registry's walk goes in all the same.
import { errorCode, type StorageFs } from "./fs/storage-fs.ts";

/**
 * What is not a directory at or below the paths that `path`, whose last name is not UTF-8, may stand for; as text, with
 * U+FFFD for what is not. With the system's error code where a directory there cannot be listed. Symbolic links to
 * directories are not followed.
 */
export function* undecodableLeaves(
  storageFs: StorageFs,
  root: string,
  path: string,
): Generator<{ readonly path: string; readonly code?: string }> {
  const slash = path.lastIndexOf("/");
  const [parent, name] = [path.slice(0, slash), path.slice(slash + 1)];
  const open: { readonly path: string; readonly raw: Buffer; readonly mustBe?: string }[] = [
    { path: parent, raw: Buffer.from(`${root}/${parent}`), mustBe: name },
  ];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    const { entries, code } = tryList(storageFs, folder.raw);
    if (code !== undefined) yield { path: folder.path, code };
    for (const entry of entries) {
      const text = entry.name.toString();
      if (folder.mustBe !== undefined && text !== folder.mustBe) continue;
      const inside = `${folder.path}/${text}`;
      if (entry.isFolder) open.push({ path: inside, raw: below(folder.raw, entry.name) });
      else yield { path: inside };
    }
  }
}

/** Whether the registry's walk would meet an entry of this name in or below any folder of `parent` whose name is not UTF-8. */
export function undecodableFoldersHold(storageFs: StorageFs, parent: string, entry: string): boolean {
  return list(storageFs, Buffer.from(parent)).some(
    ({ name, isFolder }) => isFolder && isUndecodable(name) && holds(storageFs, below(parent, name), entry),
  );
}

/** Whether a name as text has lost bytes that are not UTF-8. */
export function isUndecodableName(name: string): boolean {
  return name.includes("\ufffd");
}

function isUndecodable(name: Buffer): boolean {
  return isUndecodableName(name.toString());
}

function holds(storageFs: StorageFs, folder: Buffer, entry: string): boolean {
  return list(storageFs, folder).some(({ name, isFolder }) => {
    if (name.toString() === entry) return true;
    return isFolder && name[0] !== 0x5f && holds(storageFs, below(folder, name), entry);
  });
}

interface Entry {
  readonly name: Buffer;
  readonly isFolder: boolean;
}

function list(storageFs: StorageFs, folder: Buffer): readonly Entry[] {
  return tryList(storageFs, folder).entries;
}

function tryList(storageFs: StorageFs, folder: Buffer): { readonly entries: readonly Entry[]; readonly code?: string } {
  try {
    const entries = storageFs.readdirSync(folder, { withFileTypes: true, encoding: "buffer" });
    return { entries: entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() })) };
  } catch (error) {
    return { entries: [], code: errorCode(error) };
  }
}

function below(folder: string | Buffer, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from("/"), name]);
}
