// What each root is made of, as the state remembers it.
import type { UnreadableReport } from "../contract/scan.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { RootIdentity } from "../report/history.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { noting } from "../scan/fs/noting-fs.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { repositoryNames } from "../scan/list-namespace.ts";
import { mountPoints } from "../scan/mount-points.ts";

/**
 * By root path. `marked` gives, by root path, what a forecast counted, where there was one. Notes in `unreadable` what
 * cannot be read.
 */
export function identitiesOf(
  storageFs: StorageFs,
  inspections: readonly RootInspection[],
  unreadable: UnreadableReport[],
  marked: ReadonlyMap<string, number> = new Map(),
): Map<string, RootIdentity> {
  return new Map(
    inspections.map(({ root, namespace }) => {
      const fs = notingIn(storageFs, root, unreadable);
      const mounts = mountPoints(fs, root.path, namespace.folders.keys());
      return [root.path, { repositories: repositoryNames(namespace), mounts, marked: marked.get(root.path) }];
    }),
  );
}

/** The file system, noting what of the root it could not read. */
export function notingIn(storageFs: StorageFs, { name, path: root }: StorageRoot, unreadable: UnreadableReport[]) {
  return noting(storageFs, (path, error) => unreadable.push({ root: name, path: path.slice(root.length + 1), error }));
}
