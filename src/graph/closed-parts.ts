// Which links, tags and blobs of a root the user who serves the registry may not read.
import type { ClosedPath } from "../facts/closed.ts";
import {
  BLOBS,
  blobData,
  type LinkKind,
  linkFile,
  REPOSITORIES,
  repositoryFolder,
  tagCurrent,
} from "../layout/paths.ts";
import { linkRange, type RepositoryNode, type RootGraph } from "./root-graph.ts";

/** By number: the closed path, relative to the root, that is met first on the way there. */
export interface ClosedParts {
  readonly links: Readonly<Record<LinkKind, ReadonlyMap<number, string>>>;
  readonly tags: ReadonlyMap<number, string>;
  /** By digest. */
  readonly blobs: ReadonlyMap<number, string>;
}

/** A directory that can only not be listed keeps nothing from whoever knows its name. */
export function closedParts(graph: RootGraph, closed: Iterable<ClosedPath>): ClosedParts {
  const paths = new Set<string>();
  for (const { path, need } of closed) if (need !== "list") paths.add(path);
  const links = { layer: new Map<number, string>(), revision: new Map<number, string>() };
  const tags = new Map<number, string>();
  const blobs = new Map<number, string>();
  if (paths.size === 0) return { links, tags, blobs };
  const repositories = repositoriesOf(paths);
  for (const repository of graph.repositories()) {
    const { name } = repository;
    const above = firstOf(paths, repositoryFolder(name));
    if (above === undefined && !repositories.has(name)) continue;
    const find = (path: string) => above ?? firstOf(paths, path);
    for (const kind of ["layer", "revision"] as const) addLinks(graph, repository, kind, find, links[kind]);
    for (const tag of repository.tags) add(tags, tag, find(tagCurrent(name, graph.tags.name(tag))));
  }
  if (![...paths].some((path) => path.startsWith(BLOBS) || BLOBS.startsWith(path) || path === "."))
    return { links, tags, blobs };
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (graph.hasBlobFolder(blob)) add(blobs, blob, firstOf(paths, blobData(graph.digests.text(blob))));
  }
  return { links, tags, blobs };
}

function addLinks(
  graph: RootGraph,
  repository: RepositoryNode,
  kind: LinkKind,
  find: (path: string) => string | undefined,
  closed: Map<number, string>,
): void {
  const table = graph.links(kind);
  for (const link of linkRange(repository, kind)) {
    add(closed, link, find(linkFile(repository.name, kind, graph.digests.text(table.place(link)))));
  }
}

function add(closed: Map<number, string>, number: number, path: string | undefined): void {
  if (path !== undefined) closed.set(number, path);
}

/** The names of the repositories that some of the paths lie in. */
function repositoriesOf(paths: Iterable<string>): Set<string> {
  const names = new Set<string>();
  for (const path of paths) {
    const [, name] = path.startsWith(`${REPOSITORIES}/`)
      ? (/^(.+?)\/_(?:layers|manifests)(?:\/|$)/.exec(path.slice(REPOSITORIES.length + 1)) ?? [])
      : [];
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** The path itself or the first directory above it that is one of `paths`, from the root down. */
function firstOf(paths: ReadonlySet<string>, path: string): string | undefined {
  if (paths.has(".")) return ".";
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    if (paths.has(path.slice(0, slash))) return path.slice(0, slash);
  }
  return paths.has(path) ? path : undefined;
}
