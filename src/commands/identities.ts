// What each root is made of, as the state remembers it.
import type { UnreadableReport } from "../contract/scan.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { Marked, RootIdentity } from "../report/history.ts";
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
  marked: ReadonlyMap<string, Marked> = new Map(),
): Map<string, RootIdentity> {
  return new Map(
    inspections.map(({ root, namespace, context }) => {
      const fs = notingIn(storageFs, root, unreadable);
      const mounts = mountPoints(fs, root.path, namespace.folders.keys());
      const repositories = repositoryNames(namespace);
      return [root.path, { repositories, tags: tagsOf(context), mounts, marked: marked.get(root.path) }];
    }),
  );
}

/** More tags of a root are not remembered: each takes some 90 bytes of the state file. */
const MOST_TAGS = 100_000;

/** The tags that name something; undefined for a cache, whose tags come and go. */
function tagsOf({ kind, graph }: RootInspection["context"]): RootIdentity["tags"] {
  if (kind === "cache") return undefined;
  if (graph.repositories().reduce((sum, { tags }) => sum + tags.length, 0) > MOST_TAGS) return null;
  return graph.repositories().map(({ name, tags }) => {
    const named: [string, string][] = [];
    // One that is there and names nothing is not gone.
    for (const tag of tags) {
      const target = graph.tags.target(tag);
      named.push([graph.tags.name(tag), target < 0 ? "" : graph.digests.text(target)]);
    }
    return [name, named];
  });
}

/** The file system, noting what of the root it could not read. */
export function notingIn(storageFs: StorageFs, { name, path: root }: StorageRoot, unreadable: UnreadableReport[]) {
  return noting(storageFs, (path, error) => unreadable.push({ root: name, path: path.slice(root.length + 1), error }));
}
