// regfsck __complete: names in storage roots that a shell may offer for a word that is being typed, found by listing
// folders alone. Not a command for people, so it is not documented.
import { NoRootError } from "../contract/errors.ts";
import type { NamespaceEntry } from "../facts/facts.ts";
import { isRepositoryName, isTagName } from "../layout/names.ts";
import { repositoryFolder, tagsFolder } from "../layout/paths.ts";
import type { Terminal } from "../output/terminal.ts";
import { findRoots, type StorageRoot } from "../scan/find-roots.ts";
import { listEntries, type StorageFs } from "../scan/fs/storage-fs.ts";
import { repositoryNames } from "../scan/list-namespace.ts";
import { EXIT } from "./exit-code.ts";

/** What is named: images as `repository:tag`, repositories, or the roots themselves. */
const COMPLETED = ["images", "repositories", "roots"] as const;
type Completed = (typeof COMPLETED)[number];

/** A shell may take anything else for syntax. */
const PLAIN = /^[A-Za-z0-9_.:/@-]+$/;

/** Prints the candidates, one a line. Gives the exit code. */
export async function complete(
  what: string,
  prefix: string,
  paths: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (!COMPLETED.includes(what as Completed)) return EXIT.usage;
  const candidates = findCandidates(terminal.fs, what as Completed, prefix, paths);
  await terminal.write(candidates.map((name) => `${name}\n`).join(""));
  return EXIT.clean;
}

/**
 * The candidates that begin with `prefix` in all roots of the paths, sorted, each once. One that ends in `/` or `:` is
 * not a full name yet: repositories are offered a folder at a time, so that a huge root costs no more than a small one.
 * Names that no client can ask for are left out, paths without a root too; nothing on the disk makes this throw.
 */
export function findCandidates(
  storageFs: StorageFs,
  what: Completed,
  prefix: string,
  paths: readonly string[],
): string[] {
  const candidates = new Set<string>();
  for (const root of paths.flatMap((path) => rootsUnder(storageFs, path))) {
    for (const name of namesIn(storageFs, root, what, prefix)) candidates.add(name);
  }
  return [...candidates].filter((name) => name.startsWith(prefix) && PLAIN.test(name)).sort();
}

function rootsUnder(storageFs: StorageFs, path: string): readonly StorageRoot[] {
  try {
    return findRoots(storageFs, [path]).roots;
  } catch (error) {
    if (error instanceof NoRootError) return [];
    throw error;
  }
}

function namesIn(storageFs: StorageFs, root: StorageRoot, what: Completed, prefix: string): string[] {
  if (what === "roots") return [root.name];
  const colon = prefix.indexOf(":");
  if (what === "images" && colon >= 0) return tagsOf(storageFs, root, prefix.slice(0, colon));
  return repositoriesIn(storageFs, root, prefix, what === "images" ? ":" : "");
}

function tagsOf(storageFs: StorageFs, root: StorageRoot, repository: string): string[] {
  if (!isRepositoryName(repository)) return [];
  const tags = entriesOf(storageFs, `${root.path}/${tagsFolder(repository)}`);
  return tags.filter(({ name, folder }) => folder && isTagName(name)).map(({ name }) => `${repository}:${name}`);
}

/** The repositories in the folder that the prefix leads to, each with `end`, and the folders that go on with a slash. */
function repositoriesIn(storageFs: StorageFs, root: StorageRoot, prefix: string, end: string): string[] {
  const parent = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (parent !== "" && !isRepositoryName(parent.slice(0, -1))) return [];
  const names = entriesOf(storageFs, `${root.path}/${repositoryFolder(parent)}`).map(({ name }) => parent + name);
  return names
    .filter((name) => name.startsWith(prefix) && isRepositoryName(name))
    .flatMap((name) => {
      const entries = entriesOf(storageFs, `${root.path}/${repositoryFolder(name)}`);
      const isRepository =
        repositoryNames({ folders: new Map([[name, entries]]), empty: [], unexpected: [], unreadable: [] }).length > 0;
      const goesOn = entries.some((entry) => entry.folder && !entry.name.startsWith("_"));
      return [...(isRepository ? [`${name}${end}`] : []), ...(goesOn ? [`${name}/`] : [])];
    });
}

/** Nothing where the folder cannot be listed. What is neither file nor folder may be a link to a folder. */
function entriesOf(storageFs: StorageFs, folder: string): NamespaceEntry[] {
  const listing = listEntries(storageFs, folder);
  return "entries" in listing ? listing.entries.map((entry) => ({ name: entry.name, folder: !entry.isFile() })) : [];
}
