// Storage roots near one that was asked about, which nobody mentioned: their registries may use its directories.
import { basename, dirname } from "node:path";
import { STORAGE } from "../layout/paths.ts";
import { entriesOf, identityOf, listNames, type StorageFs, statPath } from "./fs/storage-fs.ts";

/** How many entries of one folder are looked at. */
const MOST_NEIGHBOURS = 1_000;

/**
 * The paths of other storage roots in the folder that the root at `root` (absolute) lies in, and where the folders beside
 * that one hold a root of the same last name: beside `/srv/a/data`, each root in `/srv/a`, and `/srv/b/data`. None is looked for at the top
 * of the file system, where to ask for a name may mount something. Two listings, and two stats an entry.
 */
export function neighbourRoots(storageFs: StorageFs, root: string): string[] {
  const folder = dirname(root);
  const above = dirname(folder);
  const name = basename(root);
  const inside = (of: string) => (of === "/" ? [] : entriesOf(listNames(storageFs, of)).slice(0, MOST_NEIGHBOURS));
  const candidates = [
    ...inside(folder).map((entry) => `${folder}/${entry}`),
    ...(folder === "/" ? [] : inside(above).map((entry) => `${above}/${entry}/${name}`)),
  ];
  const own = identityOf(storageFs, `${root}/${STORAGE}`);
  return candidates.filter((path) => {
    if (path === root || !statPath(storageFs, `${path}/${STORAGE}`).stat?.isDirectory()) return false;
    return identityOf(storageFs, `${path}/${STORAGE}`) !== own;
  });
}
