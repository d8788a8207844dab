// Garbage collection as registry 2.8.3 does it (registry-2.8.3 section 5), on paper: what it would mark, delete, and
// where it would abort. The program stops at its first abort; this goes on, to name them all.
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import { Bytes } from "../layout/columns.ts";
import { isRepositoryName, isStoragePath } from "../layout/names.ts";
import {
  BLOBS,
  blobData,
  linkFile,
  linksFolder,
  repositoryFolder,
  tagCurrent,
  tagFolder,
  tagsFolder,
} from "../layout/paths.ts";
import { DiskState, isBroken, ManifestState, type StrayEntry } from "../scan/facts.ts";
import type { Catalogue } from "./catalogue.ts";
import { followManifestLink } from "./serve.ts";

export type AbortReason =
  | "invalid-name"
  | "link-loop"
  | "file-for-folder"
  | "malformed-link"
  | "unusable-tag"
  | "no-tags"
  | "invalid-manifest"
  | "broken-blob"
  | "no-blobs"
  | "misplaced-data"
  | "twice-deleted"
  | "unreadable-history";

export interface Abort {
  /** `mark`: before anything is deleted. `delete`: half-way through the manifests. `sweep`: after them, before any blob. */
  readonly phase: "mark" | "delete" | "sweep";
  /** Relative to the root. */
  readonly path: string;
  readonly reason: AbortReason;
}

/** A revision that collection deletes. */
export interface DeletedRevision {
  readonly repository: RepositoryNode;
  readonly digest: number;
}

export interface CollectOptions {
  readonly deleteUntagged: boolean;
  /** Tags that are removed before collection: 1 at their numbers. */
  readonly removedTags: Bytes;
}

export interface CollectInput {
  readonly graph: RootGraph;
  readonly catalogue: Catalogue;
  readonly blobStrays: readonly StrayEntry[];
  /** Whether blobs/ is there. */
  readonly hasBlobStore: boolean;
}

export interface Collection {
  /** In the order in which the program would meet them; empty when it completes. */
  readonly aborts: readonly Abort[];
  /** How many digests are marked: the N of "N blobs marked". It means something only when nothing aborts the mark. */
  readonly marked: number;
  /** What is gone when the program has ended, completed or aborted. */
  readonly deletedRevisions: readonly DeletedRevision[];
  /** The same as link numbers: 1 where the link is gone. */
  readonly deletedLinks: Bytes;
  readonly deletedBlobs: readonly number[];
  readonly isBlobDeleted: Bytes;
  readonly deletedBytes: number;
}

/** Collects, on paper. Linear in links and references: a repository's tags are looked up in a set. */
export function collect(input: CollectInput, options: CollectOptions): Collection {
  return new Marking(input, options).collect();
}

class Marking {
  readonly #graph: RootGraph;
  readonly #input: CollectInput;
  readonly #options: CollectOptions;
  readonly #aborts: Abort[] = [];
  readonly #abortsKnown = new Set<string>();
  readonly #marks = new Bytes();
  #marked = 0;
  readonly #untagged: DeletedRevision[] = [];

  constructor(input: CollectInput, options: CollectOptions) {
    this.#graph = input.graph;
    this.#input = input;
    this.#options = options;
  }

  collect(): Collection {
    const { catalogue } = this.#input;
    for (const { path, reason } of catalogue.strays) {
      if (reason === "invalid-name" || reason === "link-loop") this.#abort("mark", path, reason);
    }
    const repositories = new Map(this.#graph.repositories().map((repository) => [repository.name, repository]));
    for (const name of catalogue.seen) {
      const repository = repositories.get(name);
      if (repository && isRepositoryName(name)) this.#markRepository(repository);
    }
    return this.#sweep();
  }

  #abort(phase: Abort["phase"], path: string, reason: AbortReason): void {
    const known = `${phase} ${path}`;
    if (this.#abortsKnown.has(known)) return;
    this.#abortsKnown.add(known);
    this.#aborts.push({ phase, path, reason });
  }

  #mark(digest: number): void {
    if (this.#marks.at(digest) === 1) return;
    this.#marks.set(digest, 1);
    this.#marked++;
  }

  #markRepository(repository: RepositoryNode): void {
    const { name, revisions } = repository;
    const isStopped = this.#stopAtFolders(
      repository,
      repositoryFolder(name) + "/_manifests",
      linksFolder(name, "revision"),
    );
    if (isStopped) return;
    const tagged = this.#options.deleteUntagged ? this.#taggedDigests(repository) : undefined;
    let asked = false;
    for (let link = revisions.first; link < revisions.end; link++) {
      const state = this.#graph.revisions.state(link);
      const path = linkFile(name, "revision", this.#graph.digests.text(this.#graph.revisions.place(link)));
      if (state === DiskState.malformed) this.#abort("mark", path, "malformed-link");
      else if (state === DiskState.ok) {
        asked = this.#markRevision(repository, this.#graph.revisions.target(link), path, tagged) || asked;
      }
    }
    for (const { path, reason } of repository.strays) if (reason === "link-loop") this.#abort("mark", path, reason);
    for (const { path, state, target } of repository.strayRevisionLinks) {
      if (state === DiskState.malformed || (state === DiskState.ok && !isStoragePath(path))) {
        this.#abort("mark", path, "malformed-link");
      } else if (target !== undefined) {
        asked = this.#markRevision(repository, this.#graph.digests.find(target), path, tagged) || asked;
      }
    }
    if (asked && tagged) this.#checkTags(repository);
  }

  /** Aborts at those of the folders that are none. A file for an algorithm's folder is passed over, a loop is not. */
  #stopAtFolders({ blocked }: RepositoryNode, ...folders: string[]): boolean {
    let stopped = false;
    for (const { path, state } of blocked) {
      const isFolder = folders.includes(path);
      if (!isFolder && !(state === DiskState.malformed && folders.some((folder) => path.startsWith(`${folder}/`))))
        continue;
      if (state === DiskState.unreadable) continue;
      this.#abort("mark", path, state === DiskState.malformed ? "link-loop" : "file-for-folder");
      stopped = true;
    }
    return stopped;
  }

  /** What the repository's tags name now. The program looks through them all for each revision. */
  #taggedDigests({ tags }: RepositoryNode): ReadonlySet<number> {
    const tagged = new Set<number>();
    for (let tag = tags.first; tag < tags.end; tag++) {
      if (this.#options.removedTags.at(tag) === 0 && this.#graph.tags.state(tag) === DiskState.ok) {
        tagged.add(this.#graph.tags.target(tag));
      }
    }
    return tagged;
  }

  /** Aborts of `-m` on a tag that it cannot read: once in the repository, though the program stops at the first. */
  #checkTags(repository: RepositoryNode): void {
    const { name, tags } = repository;
    this.#stopAtFolders(repository, tagsFolder(name));
    for (let tag = tags.first; tag < tags.end; tag++) {
      if (this.#options.removedTags.at(tag) === 1) continue;
      const tagName = this.#graph.tags.name(tag);
      if (!isStoragePath(tagName)) this.#abort("mark", tagFolder(name, tagName), "unusable-tag");
      else if (isBroken(this.#graph.tags.state(tag))) this.#abort("mark", tagCurrent(name, tagName), "malformed-link");
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
      const links = kind === "layer" ? this.#graph.layerLinks : this.#graph.revisions;
      const broken = link < 0 ? path : linkFile(repository.name, kind, this.#graph.digests.text(links.place(link)));
      this.#abort("mark", broken, "malformed-link");
      return false;
    }
    if (answer === "broken-store") {
      this.#abort("mark", blobData(this.#graph.digests.text(blob)), "broken-blob");
      return false;
    }
    if (tagged && !tagged.has(digest)) {
      if (repository.tagsState === DiskState.absent) this.#abort("mark", tagsFolder(repository.name), "no-tags");
      this.#untagged.push({ repository, digest });
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
      this.#abort("mark", blobData(digests.text(blob)), "invalid-manifest");
      return;
    }
    const end = manifests.endReference(manifest);
    for (let reference = manifests.firstReference(manifest); reference < end; reference++) {
      this.#mark(manifests.target(reference));
    }
  }

  #sweep(): Collection {
    const markAborts = this.#aborts.length;
    const gone = this.#deleteManifests();
    if (!this.#input.hasBlobStore) this.#abort("sweep", BLOBS, "no-blobs");
    for (const { path, reason } of this.#input.blobStrays) {
      this.#abort("sweep", path, reason === "link-loop" ? reason : "misplaced-data");
    }
    for (const { path, state } of this.#graph.blockedBlobFolders()) {
      if (state === DiskState.malformed) this.#abort("sweep", path, "link-loop");
      else if (path === BLOBS && state === DiskState.notAFolder) this.#abort("sweep", path, "file-for-folder");
    }
    const deletedBlobs: number[] = [];
    for (let blob = 0; blob < this.#graph.digests.length; blob++) {
      if (!this.#graph.hasBlobFolder(blob)) continue;
      const state = this.#graph.blobState(blob);
      if (state === DiskState.malformed) this.#abort("sweep", blobData(this.#graph.digests.text(blob)), "broken-blob");
      if (state === DiskState.ok && this.#marks.at(blob) === 0) deletedBlobs.push(blob);
    }
    const deletedRevisions = markAborts > 0 ? [] : this.#untagged.slice(0, gone);
    const swept = this.#aborts.length > 0 ? [] : deletedBlobs;
    const deletedLinks = new Bytes();
    for (const { repository, digest } of deletedRevisions) {
      const link = this.#graph.revisions.find(repository.index, digest);
      if (link >= 0) deletedLinks.set(link, 1);
    }
    const isBlobDeleted = new Bytes();
    let deletedBytes = 0;
    for (const blob of swept) {
      isBlobDeleted.set(blob, 1);
      deletedBytes += this.#graph.blobSize(blob);
    }
    return {
      aborts: this.#aborts,
      marked: this.#marked,
      deletedRevisions,
      deletedLinks,
      deletedBlobs: swept,
      isBlobDeleted,
      deletedBytes,
    };
  }

  /**
   * Deletes the untagged revisions one by one; the program finds each folder by digest, and stops where it is not
   * there (any more). Gives how many are gone when it stops.
   */
  #deleteManifests(): number {
    const deleted = new Set<string>();
    let gone = this.#untagged.length;
    for (const [index, { repository, digest }] of this.#untagged.entries()) {
      const before = this.#aborts.length;
      this.#checkHistory(repository);
      const key = `${repository.index} ${digest}`;
      if (deleted.has(key) || this.#graph.revisions.find(repository.index, digest) < 0) {
        const path = linkFile(repository.name, "revision", this.#graph.digests.text(digest));
        this.#abort("delete", path, "twice-deleted");
      }
      deleted.add(key);
      if (this.#aborts.length > before) gone = Math.min(gone, index);
    }
    return gone;
  }

  readonly #historyChecked = new Set<RepositoryNode>();

  #checkHistory(repository: RepositoryNode): void {
    if (this.#historyChecked.has(repository)) return;
    this.#historyChecked.add(repository);
    for (let tag = repository.tags.first; tag < repository.tags.end; tag++) {
      if (this.#options.removedTags.at(tag) === 0 && isBroken(this.#graph.tags.historyState(tag))) {
        this.#abort("delete", `${tagFolder(repository.name, this.#graph.tags.name(tag))}/index`, "unreadable-history");
      }
    }
  }
}
