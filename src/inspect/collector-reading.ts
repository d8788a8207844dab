// What the user who collects may not read. A garbage collection aborts there: at most places while it marks, among the
// blobs with -m after the manifests are gone.
import type { User } from "../facts/closed.ts";
import { DiskState, type NamespaceFacts, type Unreadable } from "../facts/facts.ts";
import { linkRange, type RepositoryNode, type RootGraph } from "../graph/root-graph.ts";
import {
  BLOBS,
  blobData,
  type LinkKind,
  linkFile,
  linksFolder,
  namespaceFolder,
  parentOf,
  repositoryFolder,
  tagCurrent,
  tagsFolder,
} from "../layout/paths.ts";
import type { CollectOptions } from "../registry/collect/collection.ts";
import type { Rules } from "../registry/rules.ts";
import type { Catalogue } from "../registry/serve/catalogue.ts";
import { mayAccess } from "../scan/access.ts";
import { entriesOf, listNames, type StorageFs, stateOfError, statPath } from "../scan/fs/storage-fs.ts";
import type { Steps } from "./turns.ts";

/** What of a root a garbage collection reads. */
export interface CollectedRoot {
  readonly rules: Rules;
  /** The storage root's path. */
  readonly path: string;
  readonly namespace: NamespaceFacts;
  readonly graph: RootGraph;
  readonly catalogue: Catalogue;
}

export interface CollectorReading {
  /** Directories that cannot be listed or entered, and files that cannot be opened; nothing below a closed directory. */
  readonly closed: readonly string[];
  readonly unreadable: readonly Unreadable[];
}

const READ = 0o4;
const ENTER = 0o1;
const LIST = READ | ENTER;

/**
 * Goes by owners and modes, as the registry reads: every directory of the namespace and of revisions/, revision links,
 * the manifests that they name, with `-m` tags and what they name, in registry 3 every directory of _layers/ and layer link,
 * then every directory of the store. It reads no layer. One stat a directory and file; none for root.
 */
export function* readAsCollector(
  storageFs: StorageFs,
  { path, rules, namespace, graph, catalogue }: CollectedRoot,
  { deleteUntagged, removedTags }: CollectOptions,
  collector: User,
): Steps<CollectorReading> {
  const reading = new Reading(storageFs, path, collector);
  const { closed, unreadable } = reading;
  if (collector.uid === 0) return { closed, unreadable };
  reading.opens("", ENTER);
  for (const below of namespace.folders.keys()) {
    reading.opens(namespaceFolder(below), LIST);
    yield;
  }
  const repositories = new Map(graph.repositories().map((repository) => [repository.name, repository]));
  for (const name of catalogue.seen) {
    const repository = repositories.get(name);
    if (!repository || !reading.opens(repositoryFolder(name), LIST)) continue;
    yield* readLinks(reading, graph, repository, "revision");
    if (rules.collector.deletesLayerLinks) yield* readLinks(reading, graph, repository, "layer");
    if (deleteUntagged) yield* readTags(reading, graph, repository, removedTags);
  }
  yield* readStore(reading, graph);
  return { closed, unreadable };
}

function* readLinks(reading: Reading, graph: RootGraph, repository: RepositoryNode, kind: LinkKind): Steps<void> {
  const { name, unexpectedLinks } = repository;
  if (!reading.opens(linksFolder(name, kind), LIST)) return;
  const links = graph.links(kind);
  for (const link of linkRange(repository, kind)) {
    yield;
    const path = linkFile(name, kind, graph.digests.text(links.place(link)));
    if (reading.opens(parentOf(parentOf(path)), LIST) && reading.isOpen(parentOf(path), LIST))
      reading.isOpen(path, READ);
    const manifest = kind === "revision" ? links.target(link) : -1;
    if (manifest >= 0 && graph.blobState(manifest) === DiskState.ok) {
      const data = blobData(graph.digests.text(manifest));
      if (reading.opens(parentOf(parentOf(data)), ENTER)) reading.isOpen(data, READ);
    }
  }
  for (const { path } of unexpectedLinks[kind]) if (reading.opens(parentOf(path), LIST)) reading.isOpen(path, READ);
}

function* readTags(
  reading: Reading,
  graph: RootGraph,
  { name, tags }: RepositoryNode,
  removed: CollectOptions["removedTags"],
): Steps<void> {
  if (!reading.opens(tagsFolder(name), LIST)) return;
  for (const tag of tags) {
    if (removed.at(tag) === 1) continue;
    yield;
    const path = tagCurrent(name, graph.tags.name(tag));
    const isEntered = reading.isOpen(parentOf(parentOf(path)), ENTER) && reading.isOpen(parentOf(path), ENTER);
    if (isEntered) reading.isOpen(path, READ);
  }
}

function* readStore(reading: Reading, graph: RootGraph): Steps<void> {
  for (const algorithm of reading.list(BLOBS)) {
    const folder = `${BLOBS}/${algorithm}`;
    for (const prefix of reading.list(folder)) reading.opens(`${folder}/${prefix}`, LIST);
  }
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (!graph.hasBlobFolder(blob)) continue;
    yield;
    const folder = parentOf(blobData(graph.digests.text(blob)));
    if (reading.opens(parentOf(folder), LIST)) reading.isOpen(folder, LIST);
  }
}

class Reading {
  readonly closed: string[] = [];
  readonly unreadable: Unreadable[] = [];
  readonly #root: string;
  readonly #fs: StorageFs;
  readonly #user: User;
  /** By directory that much lies in. */
  readonly #opens = new Map<string, boolean>();

  constructor(storageFs: StorageFs, root: string, user: User) {
    this.#fs = storageFs;
    this.#root = root;
    this.#user = user;
  }

  /** As isOpen, for a directory with all above it up to the root, each looked at once for each use. */
  opens(path: string, wanted: number): boolean {
    const key = `${wanted} ${path}`;
    const known = this.#opens.get(key);
    if (known !== undefined) return known;
    const isOpen = (path === "" || this.opens(parentOf(path), ENTER)) && this.isOpen(path, wanted);
    this.#opens.set(key, isOpen);
    return isOpen;
  }

  /** The names in a directory that the user may list. */
  list(path: string): readonly string[] {
    if (!this.opens(path, LIST)) return [];
    const listing = listNames(this.#fs, `${this.#root}/${path}`);
    if (listing.state === DiskState.unreadable) this.unreadable.push({ path, error: listing.code });
    return entriesOf(listing);
  }

  /** Whether the user may do that with what is there. Notes what is closed, and what cannot be looked at. */
  isOpen(path: string, wanted: number): boolean {
    const { stat, code } = statPath(this.#fs, path === "" ? this.#root : `${this.#root}/${path}`);
    if (code !== undefined && stateOfError(code) === DiskState.unreadable) this.unreadable.push({ path, error: code });
    if (stat === undefined) return false;
    const isOpen = mayAccess(stat, this.#user, stat.isDirectory() ? wanted : READ);
    if (!isOpen && this.closed.at(-1) !== path) this.closed.push(path);
    return isOpen;
  }
}
