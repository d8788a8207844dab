// Looks at single entries of storage roots without following them, and finds which of them symbolic links lead to.
import type { Entries, Entry } from "../facts/entries.ts";
import { DiskState } from "../facts/facts.ts";
import { STORAGE } from "../layout/paths.ts";
import { errorCode, listEntries, type StorageFs, stateOfError } from "./fs/storage-fs.ts";

const ABSENT: Entry = { type: "absent", identity: "" };
const UNKNOWN: Entry = { type: "unknown", identity: "" };

/**
 * The entries of roots that are looked at together, as a symbolic link may lead from one into another; in their order. Without
 * `aliases` these are looked for when they are first asked for.
 */
export function entriesOf(
  storageFs: StorageFs,
  roots: readonly { readonly path: string }[],
  aliases?: ReadonlyMap<string, string>,
): Entries[] {
  let known = aliases;
  const aliasOf = (identity: string) => {
    known ??= new Map(roots.flatMap(({ path }) => [...findAliases(storageFs, path)].flat()));
    return known.get(identity);
  };
  return roots.map((root) => {
    const seen = new Map<string, Entry>();
    return {
      aliasOf,
      at(path) {
        const entry = seen.get(path) ?? look(storageFs, `${root.path}${path === "" ? "" : "/"}${path}`);
        seen.set(path, entry);
        return entry;
      },
    };
  });
}

const FOLDERS_AT_ONCE = 500;

/** What symbolic links in these roots lead to, for `entriesOf`: a walk through everything, in which signals are seen. */
export async function aliasesIn(
  storageFs: StorageFs,
  roots: readonly { readonly path: string }[],
): Promise<ReadonlyMap<string, string>> {
  const aliases = new Map<string, string>();
  for (const { path } of roots) {
    let folders = 0;
    for (const found of findAliases(storageFs, path)) {
      for (const [identity, link] of found) aliases.set(identity, link);
      if (++folders % FOLDERS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return aliases;
}

function look(storageFs: StorageFs, path: string): Entry {
  try {
    const stat = storageFs.lstatSync(path, { bigint: true });
    const type = stat.isDirectory() ? "folder" : stat.isSymbolicLink() ? "symlink" : "other";
    return { type, identity: `${stat.dev}:${stat.ino}` };
  } catch (error) {
    const state = stateOfError(errorCode(error));
    return state === DiskState.absent || state === DiskState.notAFolder ? ABSENT : UNKNOWN;
  }
}

/**
 * What the symbolic links below a root's storage lead to, by identity, with the link's path. Links to a folder that they
 * lie in are left out: what is reached through them is found at its own place by the same name. Folder by folder.
 */
function* findAliases(storageFs: StorageFs, root: string): Generator<[identity: string, link: string][]> {
  const aboveStorage = ["", "/docker", "/docker/registry"].map((path) => look(storageFs, root + path).identity);
  const pending: { readonly path: string; readonly above: readonly string[] }[] = [
    { path: STORAGE, above: aboveStorage },
  ];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listing = listEntries(storageFs, `${root}/${folder.path}`);
    const found: [string, string][] = [];
    let above: readonly string[] | undefined;
    for (const entry of listing.state === DiskState.ok ? listing.entries : []) {
      const path = `${folder.path}/${entry.name}`;
      if (!entry.isDirectory() && !entry.isSymbolicLink()) continue;
      above ??= [...folder.above, look(storageFs, `${root}/${folder.path}`).identity];
      if (entry.isDirectory()) pending.push({ path, above });
      else {
        const identity = follow(storageFs, `${root}/${path}`);
        if (identity !== undefined && !above.includes(identity)) found.push([identity, path]);
      }
    }
    yield found;
  }
}

function follow(storageFs: StorageFs, path: string): string | undefined {
  try {
    const { dev, ino } = storageFs.statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    errorCode(error);
    return undefined;
  }
}
