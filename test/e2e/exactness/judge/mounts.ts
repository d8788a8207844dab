// What looks like a volume that is not mounted: nobody can tell what it holds, so a run that meets it is rightly incomplete.
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { base, repositoriesBase } from "../storage.ts";

/** Whether the store holds no file at all, so that nothing can be said of what is linked. */
export function isStoreEmpty(root: string): boolean {
  try {
    const entries = readdirSync(join(root, base, "blobs"), { recursive: true, withFileTypes: true });
    return entries.every((entry) => entry.isDirectory() || leadsNowhere(join(entry.parentPath, entry.name)));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** As a mount point does that is a symbolic link. */
function leadsNowhere(path: string): boolean {
  return lstatSync(path).isSymbolicLink() && statSync(path, { throwIfNoEntry: false }) === undefined;
}

/** Whether a dangling symlink or an empty directory among the repositories stands at this path of the root. */
export function looksUnmounted(root: string, path: string): boolean {
  if (!path.startsWith(`${repositoriesBase}/`)) return false;
  const at = join(root, path);
  const there = lstatSync(at, { throwIfNoEntry: false });
  if (!there?.isSymbolicLink()) return there?.isDirectory() === true && readdirSync(at).length === 0;
  try {
    return statSync(at).isDirectory() && readdirSync(at).length === 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
