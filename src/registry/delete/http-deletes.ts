// What a client's DELETE over HTTP takes from a repository (docs/internals/registry-2.8.3.md section 8), on paper: the
// revision link, in registry 2 the layer link of the same digest, and every tag that names it.
import { Bytes } from "../../facts/columns.ts";
import { DiskState, isBroken } from "../../facts/facts.ts";
import { GraphOverlay } from "../../graph/overlay.ts";
import type { RepositoryNode, RootGraph } from "../../graph/root-graph.ts";
import { isRepositoryName, isStoragePath, isTagName } from "../../layout/names.ts";
import type { LinkKind } from "../../layout/paths.ts";
import { SharedLinks } from "../collect/shared-links.ts";
import { type Answer, followManifestLink, serveManifest } from "../serve/serve.ts";

export type DeleteAnswer =
  /** 202: links and tags are gone. */
  | "deleted"
  /** 404: the tag leads to no manifest that is served, or the digest is not linked, or has no data. */
  | "not-served"
  /** 500, and nothing is gone. */
  | "fails"
  /** 500 after the links are gone: a tag of the repository, or what is in the layer link's way, cannot be read. Its tags stay, and lead nowhere. */
  | "fails-half-way"
  /** Something could not be read here, so nothing can be said. */
  | "unknown";

export interface DeleteOutcome {
  readonly answer: DeleteAnswer;
  /** The digest that the DELETE named; -1 where it came to none. */
  readonly digest: number;
  /** The tags that are gone by it, in the order of their repository. */
  readonly tags: readonly number[];
}

/** What looking through a repository's tags gives. */
interface TagLookup {
  readonly failure: "fails-half-way" | "unknown" | undefined;
  readonly byDigest: ReadonlyMap<number, readonly number[]>;
}

/**
 * The deletes of one root, one after the other. The program looks for the link and the data and never reads the manifest,
 * so that a corrupt one can be deleted; the empty digest folders stay, and each tag goes with its folder. The blobs are
 * garbage collection's: hand it `view` and `removedTags`.
 */
export class HttpDeletes {
  /** The graph as the deletes leave it, but for tags. */
  readonly view: GraphOverlay;
  /** 1 at the numbers of tags that are gone. */
  readonly removedTags = new Bytes();
  /** 1 at the numbers of tags that were named one by one, as far as their manifest is gone. */
  readonly namedTags = new Bytes();
  /** 1 at the numbers of links that are gone. */
  readonly removedLinks: Readonly<Record<LinkKind, Bytes>> = { layer: new Bytes(), revision: new Bytes() };
  readonly #sharing: Readonly<Record<LinkKind, SharedLinks>>;
  /** The digests that are deleted, by repository. */
  readonly #deleted = new Map<RepositoryNode, number[]>();
  readonly #lookups = new Map<RepositoryNode, TagLookup>();

  constructor(graph: RootGraph) {
    this.view = new GraphOverlay(graph);
    this.#sharing = { revision: new SharedLinks(graph, "revision"), layer: new SharedLinks(graph, "layer") };
  }

  /**
   * What `skopeo delete` does with a tag: the registry refuses a DELETE by tag (400), so clients ask first what digest the
   * tag names, and delete that. The answer is of the request that fails.
   */
  deleteTag(tag: number): DeleteOutcome {
    const { tags } = this.view;
    const repository = this.view.repository(tags.repository(tag));
    const isAskable = isRepositoryName(repository.name) && isTagName(tags.name(tag));
    const state = tags.state(tag);
    if (this.removedTags.at(tag) === 1) this.namedTags.set(tag, 1);
    if (!isAskable || this.removedTags.at(tag) === 1 || state === DiskState.absent) return nothing("not-served");
    if (state !== DiskState.ok) return nothing(isBroken(state) ? "fails" : "unknown");
    const refused = refusal(serveManifest(this.view, repository, tags.target(tag)).answer);
    if (refused !== undefined) return nothing(refused);
    this.namedTags.set(tag, 1);
    return this.deleteDigest(repository, tags.target(tag));
  }

  /** DELETE by digest. -1 is a digest that the root does not know. */
  deleteDigest(repository: RepositoryNode, digest: number): DeleteOutcome {
    if (digest < 0 || !isRepositoryName(repository.name)) return nothing("not-served");
    const refused = refusal(followManifestLink(this.view, repository, digest).answer);
    if (refused !== undefined) return nothing(refused);
    const deleted = this.#deleted.get(repository);
    if (deleted) deleted.push(digest);
    else this.#deleted.set(repository, [digest]);
    this.#removeLink(repository, "revision", digest);
    // Each link by which a manifest is served goes.
    if (this.view.servesByLayerLink) {
      const layer = this.view.linkState(repository, "layer", digest);
      if (layer === DiskState.notAFolder) return { answer: "fails-half-way", digest, tags: [] };
      this.#removeLink(repository, "layer", digest);
    }
    const { failure, byDigest } = this.#lookupIn(repository);
    if (failure !== undefined) return { answer: failure, digest, tags: [] };
    const tags = (byDigest.get(digest) ?? []).filter((tag) => this.removedTags.at(tag) === 0);
    for (const tag of tags) this.removedTags.set(tag, 1);
    return { answer: "deleted", digest, tags };
  }

  /** The digests that are deleted from a repository. */
  deletedIn(repository: RepositoryNode): readonly number[] {
    return this.#deleted.get(repository) ?? [];
  }

  /** It reads all tags of the repository before it removes any, and fails at the first that it cannot read. */
  #lookupIn(repository: RepositoryNode): TagLookup {
    const known = this.#lookups.get(repository);
    if (known) return known;
    const { tags } = this.view;
    const byDigest = new Map<number, number[]>();
    const states = new Set<DiskState>([repository.tagsState]);
    for (const tag of repository.tags) {
      const state = isStoragePath(tags.name(tag)) ? tags.state(tag) : DiskState.malformed;
      states.add(state);
      if (state !== DiskState.ok) continue;
      const named = byDigest.get(tags.target(tag));
      if (named) named.push(tag);
      else byDigest.set(tags.target(tag), [tag]);
    }
    const isUnreadable = states.has(DiskState.unreadable);
    const failure = [...states].some(isBroken) ? "fails-half-way" : isUnreadable ? "unknown" : undefined;
    const lookup: TagLookup = { failure, byDigest };
    this.#lookups.set(repository, lookup);
    return lookup;
  }

  /** In all repositories that have such links in the same directories. */
  #removeLink(repository: RepositoryNode, kind: LinkKind, digest: number): void {
    for (const one of this.#sharing[kind].of(repository)) {
      if (this.view.removeLink(one, kind, digest)) {
        this.removedLinks[kind].set(this.view.links(kind).find(one.index, digest), 1);
      }
    }
  }
}

/** What a DELETE of something that is answered so comes to; undefined where it goes ahead. */
function refusal(answer: Answer): Exclude<DeleteAnswer, "deleted" | "fails-half-way"> | undefined {
  switch (answer) {
    case "served":
      return undefined;
    case "unknown":
      return "unknown";
    case "not-linked":
    case "no-data":
    case "not-a-digest":
      return "not-served";
    default:
      return "fails";
  }
}

function nothing(answer: DeleteAnswer): DeleteOutcome {
  return { answer, digest: -1, tags: [] };
}
