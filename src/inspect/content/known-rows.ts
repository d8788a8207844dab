// Finds what earlier runs remember of a root.
import type { ContentHistory } from "../../facts/content-history.ts";
import { identityOf, type StorageFs } from "../../scan/fs/storage-fs.ts";

/** What the runs before knew of a root, by whichever of its paths: a gate may come by another way than the scans. */
export function knownRows(storageFs: StorageFs, { roots }: ContentHistory, path: string): Uint32Array | undefined {
  const own = roots.get(path);
  if (own !== undefined || roots.size === 0) return own;
  const identity = identityOf(storageFs, path);
  const [, rows] = [...roots].find(([other]) => identityOf(storageFs, other) === identity) ?? [];
  return rows;
}
