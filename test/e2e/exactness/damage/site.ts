// What a damage works on: the storage, what lies in it right now, and the two numbers that choose among it.
import { base, type Entry, listTree, repositoriesBase, type Storage } from "../storage.ts";

/** One way of damaging storage. */
export interface DamageKind {
  name: string;
  /** Drawn half as often: it makes the registry wait for ever, or leaves little for other damage to work on. */
  rare?: true;
  /** Done after all other damage, which it would stand in the way of. */
  last?: true;
  /** Does it, and says to what; undefined when there is nothing (left) to do it to. */
  apply(site: Site): string | undefined;
}

export interface Site {
  storage: Storage;
  entries: Entry[];
  /** Chooses the target. */
  choose<T>(items: readonly T[]): T | undefined;
  /** Chooses what else the damage needs: another link, a length, a name. */
  chooseOther<T>(items: readonly T[]): T | undefined;
}

export function siteOf(storage: Storage, at: number, other: number): Site {
  return {
    storage,
    entries: listTree(storage.root),
    choose: (items) => items[at % items.length],
    chooseOther: (items) => items[other % items.length],
  };
}

export const linkClasses = {
  layer: new RegExp(`^${repositoriesBase}/.+/_layers/[^/]+/[^/]+/link$`),
  revision: new RegExp(`^${repositoriesBase}/.+/_manifests/revisions/[^/]+/[^/]+/link$`),
  current: new RegExp(`^${repositoriesBase}/.+/_manifests/tags/[^/]+/current/link$`),
  history: new RegExp(`^${repositoriesBase}/.+/_manifests/tags/[^/]+/index/[^/]+/[^/]+/link$`),
} as const;

export type LinkClass = keyof typeof linkClasses;

const blobData = new RegExp(`^${base}/blobs/[^/]+/[^/]+/[^/]+/data$`);

export function pathsLike(site: Site, pattern: RegExp): string[] {
  return site.entries.filter((entry) => pattern.test(entry.path)).map((entry) => entry.path);
}

/** Data files by what they hold: those that some repository has as a revision, and the others. */
export function blobPaths(site: Site, which: "manifest" | "content"): string[] {
  const revisions = new Set(pathsLike(site, linkClasses.revision).map((path) => path.split("/").at(-2)));
  return pathsLike(site, blobData).filter((path) => revisions.has(path.split("/").at(-2)) === (which === "manifest"));
}

/** Names of all folders that have an entry that makes them a repository. */
export function repositoryNames(site: Site): string[] {
  const names = new Set<string>();
  for (const { path } of site.entries) {
    const name = new RegExp(`^${repositoriesBase}/(.+?)/_(?:layers|manifests|uploads)$`).exec(path)?.[1];
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

export function tagFolders(site: Site): string[] {
  return pathsLike(site, new RegExp(`^${repositoriesBase}/.+/_manifests/tags/[^/]+$`));
}

export function digestOfPlace(path: string): string {
  const [hex, algorithm] = path.split("/").slice(-3, -1).reverse();
  return `${algorithm}:${hex}`;
}

export function blobPath(digest: string): string {
  const [algorithm = "", hex = ""] = digest.split(":");
  return `${base}/blobs/${algorithm}/${hex.slice(0, 2)}/${hex}/data`;
}

export function linkPath(repository: string, kind: "_layers" | "_manifests/revisions", digest: string): string {
  return `${repositoriesBase}/${repository}/${kind}/${digest.replace(":", "/")}/link`;
}

export function currentLinkPath(repository: string, tag: string): string {
  return `${repositoriesBase}/${repository}/_manifests/tags/${tag}/current/link`;
}
