// What is said of an image that no root has: what is not there, and what is nearest to it.
import { tagsFolder } from "../layout/paths.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { entriesOf, listNames, type StorageFs } from "../scan/fs/storage-fs.ts";
import { listNamespace, repositoryNames } from "../scan/list-namespace.ts";
import { nearestNames } from "../text/nearest-names.ts";
import { formatNumberOf } from "../text/quantities.ts";
import type { ImageName } from "./image-name.ts";

/** One line. */
export function describeAbsence(storageFs: StorageFs, roots: readonly StorageRoot[], name: ImageName): string {
  const { text, repository, tag } = name;
  const where = roots.length === 1 ? roots[0]!.path : `any of ${roots.map((root) => root.name).join(", ")}`;
  const known = new Set(roots.flatMap((root) => repositoryNames(listNamespace(storageFs, root.path))));
  if (!known.has(repository)) {
    return `there is no repository ${repository} in ${where}${suggestion(nearestNames(repository, known))}`;
  }
  if (tag === undefined) {
    return `there is no image ${text} in ${where}: the blob is not in the store, and nothing links it there`;
  }
  const tags = new Set(
    roots.flatMap(({ path }) => [...entriesOf(listNames(storageFs, `${path}/${tagsFolder(repository)}`))]),
  );
  const near = nearestNames(tag, tags).map((name) => `${repository}:${name}`);
  const others = near.length > 0 ? suggestion(near) : `; the repository has ${formatNumberOf(tags.size, "tag")}`;
  return `there is no image ${text} in ${where}${others}`;
}

function suggestion(near: readonly string[]): string {
  return near.length > 0 ? `; nearest: ${near.join(", ")}` : "";
}
