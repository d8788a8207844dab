// What looks like a volume that is not mounted: nobody can tell what it holds, so a run that meets it is rightly incomplete.
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { base, repositoriesBase } from "../storage.ts";

/** Whether the store holds no file at all, so that nothing can be said of what is linked. */
export function isStoreEmpty(root: string): boolean {
  try {
    return readdirSync(join(root, base, "blobs"), { recursive: true, withFileTypes: true }).every((entry) =>
      entry.isDirectory(),
    );
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
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
