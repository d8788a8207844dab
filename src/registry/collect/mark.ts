// The mark of a garbage collection: which digests the revisions of every repository keep, and which revisions, and layer
// links, are to go.

import { Bytes } from "../../facts/columns.ts";
import { DiskState, isBroken, ManifestState } from "../../facts/facts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { isRepositoryName, isStoragePath } from "../../layout/names.ts";
import {
  blobData,
  linkFile,
  linksFolder,
  REPOSITORIES,
  repositoryFolder,
  tagCurrent,
  tagFolder,
  tagsFolder,
} from "../../layout/paths.ts";
import type { CollectorRules } from "../rules.ts";
import { followLink, followManifestLink, type Reply } from "../serve/serve.ts";
import type { Aborts, CollectInput, CollectOptions, HeldDigest } from "./collection.ts";
import { walkedLinks } from "./walked-links.ts";

/** Whether garbage collection with `-m` comes to look through a repository's tags: it does for each revision that it finds. */
export function looksAtTags(graph: GraphView, repository: RepositoryNode): boolean {
  for (const { target } of walkedLinks(graph, repository, "revision")) {
    if (target >= 0 && followManifestLink(graph, repository, target).answer === "served") return true;
  }
  return false;
}

export class Marking {
  readonly #graph: GraphView;
  readonly #input: CollectInput;
  readonly #rules: CollectorRules;
  readonly #options: CollectOptions;
  readonly #aborts: Aborts;
  readonly #marks = new Bytes();
  /** How many digests are marked. */
  marked = 0;
  /** The revisions that no tag names, in the order in which they are met. */
  readonly #untagged: HeldDigest[] = [];
  /** The digests of the layer links that are to go, by repository, in the order in which they are met; some come twice. */
  readonly unlinked = new Map<RepositoryNode, number[]>();

  constructor(input: CollectInput, options: CollectOptions, aborts: Aborts) {
    this.#graph = input.graph;
    this.#input = input;
    this.#rules = input.rules.collector;
    this.#options = options;
    this.#aborts = aborts;
  }

  isMarked(digest: number): boolean {
    return this.#marks.at(digest) === 1;
  }

  /** The revisions that are to be deleted, in the order in which they are met. */
  untagged(): readonly HeldDigest[] {
    if (!this.#rules.keepsMarked) return this.#untagged;
    return this.#untagged.filter(({ digest }) => !this.isMarked(digest));
  }

  /** Walks the repositories as the catalogue has them. */
  markAll(): void {
    const { catalogue } = this.#input;
    if (!catalogue.isThere) this.#aborts.add("mark", REPOSITORIES, "no-repositories");
    for (const { path, reason } of catalogue.unexpected) {
      if (reason === "invalid-name" || reason === "link-loop") this.#aborts.add("mark", path, reason);
    }
    const repositories = new Map(this.#graph.repositories().map((repository) => [repository.name, repository]));
    for (const name of catalogue.seen) {
      const repository = repositories.get(name);
      if (!repository || !isRepositoryName(name)) continue;
      this.#markRepository(repository);
      if (this.#rules.deletesLayerLinks) this.#walkLayers(repository);
    }
  }

  /** Gives whether the digest was not marked before. */
  #mark(digest: number): boolean {
    if (this.#marks.at(digest) === 1) return false;
    this.#marks.set(digest, 1);
    this.marked++;
    return true;
  }

  #markRepository(repository: RepositoryNode): void {
    const { name } = repository;
    const folders = [`${repositoryFolder(name)}/_manifests`, linksFolder(name, "revision")];
    if (this.#stopAtFolders(repository, folders, `${linksFolder(name, "revision")}/`)) return;
    const tagged = this.#options.deleteUntagged ? this.#taggedDigests(repository) : undefined;
    let asked = false;
    for (const { isMalformed, target, path } of walkedLinks(this.#graph, repository, "revision")) {
      if (isMalformed) this.#aborts.add("mark", path(), "malformed-link");
      else asked = this.#markRevision(repository, target, tagged) || asked;
    }
    for (const { path, reason } of repository.unexpected) {
      if (reason === "link-loop" || reason === "undecodable-name") this.#aborts.add("mark", path, reason);
    }
    if (asked && tagged) this.#checkTags(repository);
  }

  /** Notes the layer links of what is not marked so far. What a later repository marks is still to come. */
  #walkLayers(repository: RepositoryNode): void {
    const folder = linksFolder(repository.name, "layer");
    if (repository.layersState === DiskState.absent) this.#aborts.add("mark", folder, "no-layers");
    if (this.#stopAtFolders(repository, [folder], `${folder}/`)) return;
    const unlinked: number[] = [];
    for (const { isMalformed, target, path } of walkedLinks(this.#graph, repository, "layer")) {
      if (isMalformed) this.#aborts.add("mark", path(), "malformed-link");
      else if (this.#isFound(repository, followLink(this.#graph, repository, "layer", target)))
        if (!this.isMarked(target)) unlinked.push(target);
    }
    if (unlinked.length > 0) this.unlinked.set(repository, unlinked);
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
  #markRevision(repository: RepositoryNode, digest: number, tagged: ReadonlySet<number> | undefined): boolean {
    const reply = followManifestLink(this.#graph, repository, digest);
    if (!this.#isFound(repository, reply)) return false;
    if (tagged && !tagged.has(digest)) {
      const isTagless = repository.tagsState === DiskState.absent;
      if (isTagless && this.#rules.needsTags) this.#aborts.add("mark", tagsFolder(repository.name), "no-tags");
      if (!isTagless || this.#rules.needsTags) this.#untagged.push({ repository, digest });
      return true;
    }
    this.#mark(digest);
    this.#markReferences(repository, reply.blob);
    return true;
  }

  /** Whether link and data are there; aborts where the program cannot look. */
  #isFound(repository: RepositoryNode, { answer, blob, kind, asked }: Reply): boolean {
    if (answer === "broken-link") {
      const path = linkFile(repository.name, kind, this.#graph.digests.text(asked));
      this.#aborts.add("mark", path, "malformed-link");
    } else if (answer === "broken-store") {
      this.#aborts.add("mark", blobData(this.#graph.digests.text(blob)), "broken-blob");
    }
    return answer !== "not-linked" && answer !== "no-data" && answer !== "broken-link" && answer !== "broken-store";
  }

  #markReferences(repository: RepositoryNode, first: number): void {
    const { manifests, digests } = this.#graph;
    const open = [first];
    for (let blob = open.pop(); blob !== undefined; blob = open.pop()) {
      const manifest = manifests.find(blob);
      if (manifest < 0 || manifests.state(manifest) === ManifestState.unreadable) continue;
      if (!manifests.isParsed(manifest)) {
        this.#aborts.add("mark", blobData(digests.text(blob)), "invalid-manifest");
        continue;
      }
      for (const reference of manifests.references(manifest)) {
        const target = manifests.target(reference);
        if (!this.#mark(target) || !this.#rules.entersReferences) continue;
        const reply = followManifestLink(this.#graph, repository, target);
        if (reply.answer === "served") open.push(reply.blob);
      }
    }
  }
}
