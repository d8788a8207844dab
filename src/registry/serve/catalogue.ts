// Which repositories the registry's own walk meets (_catalog and garbage collection see no others), and what gets in its way.

import type { NamespaceEntry, NamespaceFacts, UnexpectedEntry } from "../../facts/facts.ts";
import { isRepositoryName } from "../../layout/names.ts";
import { REPOSITORIES } from "../../layout/paths.ts";
import type { Rules } from "../rules.ts";

export interface Catalogue {
  /** Whether `repositories/` is there at all, as far as can be seen. */
  readonly isThere: boolean;
  /** The repositories in the order in which the walk meets them: those with the entry that makes them one. */
  readonly seen: readonly string[];
  /** Entries that end the walk of a folder early, or that make garbage collection abort. */
  readonly unexpected: readonly UnexpectedEntry[];
}

/**
 * Walks the namespace as the registry does (docs/internals/registry-2.8.3.md section 5.1): entries in order, folders
 * whose name begins with `_` not entered, in registry 2 a *file* whose name begins with `_` ending its folder's walk.
 * The storage driver's check of path names does not apply to this walk, so unexpected names are entered like any other.
 */
export function walkCatalogue(
  namespace: NamespaceFacts,
  { repositoryEntry, stopsAtFiles }: Pick<Rules, "repositoryEntry" | "stopsAtFiles">,
): Catalogue {
  const seen: string[] = [];
  const unexpected: UnexpectedEntry[] = [...namespace.unexpected];
  const stack: { folder: string; entries: readonly NamespaceEntry[]; next: number }[] = [];
  const enter = (folder: string) => stack.push({ folder, entries: namespace.folders.get(folder) ?? [], next: 0 });
  enter("");
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const entry = top.entries[top.next++];
    if (!entry) {
      stack.pop();
      continue;
    }
    const path = top.folder === "" ? entry.name : `${top.folder}/${entry.name}`;
    if (entry.name === repositoryEntry) {
      seen.push(top.folder);
      // At the top it is taken for a repository of that name.
      const name = top.folder || entry.name;
      if (!isRepositoryName(name)) unexpected.push({ path: `${REPOSITORIES}/${name}`, reason: "invalid-name" });
    }
    if (!entry.name.startsWith("_")) {
      if (entry.folder) enter(path);
    } else if (!entry.folder && stopsAtFiles) {
      const hides = hiddenRepositories(namespace, repositoryEntry, top.folder, top.entries.slice(top.next));
      const known = unexpected.findIndex((entry) => entry.path === `${REPOSITORIES}/${path}`);
      if (known < 0) unexpected.push({ path: `${REPOSITORIES}/${path}`, reason: "ends-walk", hides });
      else unexpected[known] = { ...unexpected[known]!, hides };
      stack.pop();
    }
  }
  const isThere = namespace.folders.size > 0 || namespace.unreadable.some(({ path }) => path === REPOSITORIES);
  return { isThere, seen, unexpected };
}

/** The repositories that the walk would have met in the rest of a folder. */
function hiddenRepositories(
  namespace: NamespaceFacts,
  repositoryEntry: string,
  folder: string,
  rest: readonly NamespaceEntry[],
): readonly string[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const rested = new Map<string, readonly NamespaceEntry[]>([[folder, rest]]);
  for (const [path, entries] of namespace.folders) {
    if (rest.some(({ name }) => path === `${prefix}${name}` || path.startsWith(`${prefix}${name}/`))) {
      rested.set(path, entries);
    }
  }
  const hidden: string[] = [];
  for (const [path, entries] of rested) if (entries.some(({ name }) => name === repositoryEntry)) hidden.push(path);
  return hidden.sort();
}
