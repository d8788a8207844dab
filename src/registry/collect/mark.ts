// The mark of a garbage collection: which digests the revisions of every repository keep, and which revisions are to go.

import { Bytes } from "../../facts/columns.ts";
import { DiskState, isBroken, ManifestState } from "../../facts/facts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { isRepositoryName, isStoragePath } from "../../layout/names.ts";
import {
  blobData,
  linkFile,
  linksFolder,
  repositoryFolder,
  tagCurrent,
  tagFolder,
  tagsFolder,
} from "../../layout/paths.ts";
import { followManifestLink } from "../serve/serve.ts";
import type { Aborts, CollectInput, CollectOptions, DeletedRevision } from "./collection.ts";

/** Whether garbage collection with `-m` comes to look through a repository's tags: it does for each revision that it finds. */
export function looksAtTags(graph: GraphView, repository: RepositoryNode): boolean {
  const { revisions, unexpectedRevisionLinks } = repository;
  const isFound = (digest: number) => followManifestLink(graph, repository, digest).answer === "served";
  for (const link of revisions) {
    if (graph.revisions.state(link) === DiskState.ok && isFound(graph.revisions.target(link))) return true;
  }
  return unexpectedRevisionLinks.some(({ target }) => target !== undefined && isFound(graph.digests.find(target)));
}

export class Marking {
  readonly #graph: GraphView;
  readonly #input: CollectInput;
  readonly #options: CollectOptions;
  readonly #aborts: Aborts;
  readonly #marks = new Bytes();
  /** How many digests are marked. */
  marked = 0;
  /** The revisions that are to be deleted, in the order in which they are met. */
  readonly untagged: DeletedRevision[] = [];

  constructor(input: CollectInput, options: CollectOptions, aborts: Aborts) {
    this.#graph = input.graph;
    this.#input = input;
    this.#options = options;
    this.#aborts = aborts;
  }

  isMarked(digest: number): boolean {
    return this.#marks.at(digest) === 1;
  }

  /** Walks the repositories as the catalogue has them. */
  markAll(): void {
    const { catalogue } = this.#input;
    for (const { path, reason } of catalogue.unexpected) {
      if (reason === "invalid-name" || reason === "link-loop") this.#aborts.add("mark", path, reason);
    }
    const repositories = new Map(this.#graph.repositories().map((repository) => [repository.name, repository]));
    for (const name of catalogue.seen) {
      const repository = repositories.get(name);
      if (repository && isRepositoryName(name)) this.#markRepository(repository);
    }
  }

  #mark(digest: number): void {
    if (this.#marks.at(digest) === 1) return;
    this.#marks.set(digest, 1);
    this.marked++;
  }

  #markRepository(repository: RepositoryNode): void {
    const { name, revisions } = repository;
    const folders = [`${repositoryFolder(name)}/_manifests`, linksFolder(name, "revision")];
    if (this.#stopAtFolders(repository, folders, `${linksFolder(name, "revision")}/`)) return;
    const tagged = this.#options.deleteUntagged ? this.#taggedDigests(repository) : undefined;
    let asked = false;
    for (const link of revisions) {
      const state = this.#graph.revisions.state(link);
      const path = linkFile(name, "revision", this.#graph.digests.text(this.#graph.revisions.place(link)));
      if (state === DiskState.malformed) this.#aborts.add("mark", path, "malformed-link");
      else if (state === DiskState.ok) {
        asked = this.#markRevision(repository, this.#graph.revisions.target(link), path, tagged) || asked;
      }
    }
    for (const { path, reason } of repository.unexpected) {
      if (reason === "link-loop" || reason === "undecodable-name") this.#aborts.add("mark", path, reason);
    }
    for (const { path, state, target } of repository.unexpectedRevisionLinks) {
      if (state === DiskState.malformed || (state === DiskState.ok && !isStoragePath(path))) {
        this.#aborts.add("mark", path, "malformed-link");
      } else if (target !== undefined) {
        asked = this.#markRevision(repository, this.#graph.digests.find(target), path, tagged) || asked;
      }
    }
    if (asked && tagged) this.#checkTags(repository);
  }

  /**
   * Aborts at those of the folders that are none, and at loops of symbolic links below `walked`, where each entry is
   * looked at. A file for an algorithm's folder is passed over.
   */
  #stopAtFolders({ blocked }: RepositoryNode, folders: readonly string[], walked?: string): boolean {
    const stops = blocked.filter(({ path, state }) => {
      const isWalked = walked !== undefined && path.startsWith(walked) && state === DiskState.malformed;
      return state !== DiskState.unreadable && (folders.includes(path) || isWalked);
    });
    for (const { path, state } of stops) {
      this.#aborts.add("mark", path, state === DiskState.malformed ? "link-loop" : "file-for-folder");
    }
    return stops.length > 0;
  }

  /** What the repository's tags name now. The program looks through them all for each revision. */
  #taggedDigests({ tags }: RepositoryNode): ReadonlySet<number> {
    const tagged = new Set<number>();
    for (const tag of tags) {
      if (this.#options.removedTags.at(tag) === 0 && this.#graph.tags.state(tag) === DiskState.ok) {
        tagged.add(this.#graph.tags.target(tag));
      }
    }
    return tagged;
  }

  /** Aborts of `-m` on a tag that it cannot read: once in the repository, though the program stops at the first. */
  #checkTags(repository: RepositoryNode): void {
    const { name, tags } = repository;
    this.#stopAtFolders(repository, [tagsFolder(name)]);
    for (const tag of tags) {
      if (this.#options.removedTags.at(tag) === 1) continue;
      const tagName = this.#graph.tags.name(tag);
      if (!isStoragePath(tagName)) this.#aborts.add("mark", tagFolder(name, tagName), "unusable-tag");
      else if (isBroken(this.#graph.tags.state(tag)))
        this.#aborts.add("mark", tagCurrent(name, tagName), "malformed-link");
    }
  }

  /** Gives whether the program would have looked for the revision's tags. */
  #markRevision(
    repository: RepositoryNode,
    digest: number,
    path: string,
    tagged: ReadonlySet<number> | undefined,
  ): boolean {
    const { answer, blob, kind, link } = followManifestLink(this.#graph, repository, digest);
    if (answer === "not-linked" || answer === "no-data") return false;
    if (answer === "broken-link") {
      const links = this.#graph.links(kind);
      const broken = link < 0 ? path : linkFile(repository.name, kind, this.#graph.digests.text(links.place(link)));
      this.#aborts.add("mark", broken, "malformed-link");
      return false;
    }
    if (answer === "broken-store") {
      this.#aborts.add("mark", blobData(this.#graph.digests.text(blob)), "broken-blob");
      return false;
    }
    if (tagged && !tagged.has(digest)) {
      if (repository.tagsState === DiskState.absent) this.#aborts.add("mark", tagsFolder(repository.name), "no-tags");
      this.untagged.push({ repository, digest });
      return true;
    }
    this.#mark(digest);
    this.#markReferences(blob);
    return true;
  }

  #markReferences(blob: number): void {
    const { manifests, digests } = this.#graph;
    const manifest = manifests.find(blob);
    if (manifest < 0 || manifests.state(manifest) === ManifestState.unreadable) return;
    if (!manifests.isParsed(manifest)) {
      this.#aborts.add("mark", blobData(digests.text(blob)), "invalid-manifest");
      return;
    }
    for (const reference of manifests.references(manifest)) {
      this.#mark(manifests.target(reference));
    }
  }
}
