// What can be had of an image without a client: from the root's own store, or from another root.

import { DiskState, Role } from "../facts/facts.ts";
import type { GraphOverlay, GraphView } from "../graph/overlay.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import type { Sources } from "./sources.ts";

export class Availability {
  readonly #graph: RootGraph;
  readonly #view: GraphOverlay;
  readonly #sources: Sources;

  constructor(graph: RootGraph, view: GraphOverlay, sources: Sources) {
    this.#graph = graph;
    this.#view = view;
    this.#sources = sources;
  }

  /** Whether the store holds this blob, and nothing is known against it. */
  isGoodBlob(digest: number): boolean {
    return this.#view.blobState(digest) === DiskState.ok && !this.#view.isBlobCorrupt(digest);
  }

  /** Whether the store holds this manifest, and the registry could serve it. */
  isGoodManifest(digest: number): boolean {
    const { manifests } = this.#view;
    const manifest = manifests.find(digest);
    if (!this.isGoodBlob(digest) || manifest < 0) return false;
    return manifests.isParsed(manifest) && !manifests.isCorrupt(manifest);
  }

  /**
   * Whether linking the manifest in the repository helps anybody: all of an image can be had, or at least one child
   * of an index. Without recursion into what was asked already, since manifests nest as deep as whoever pushed them likes.
   */
  isUseful(repository: RepositoryNode, digest: string): boolean {
    const pending = [digest];
    const seen = new Set(pending);
    let helps = false;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const content = this.#contentOf(next);
      if (!content) continue;
      const { digests, manifests, manifest } = content;
      let isIndex = false;
      let isComplete = true;
      for (const reference of manifests.references(manifest)) {
        const target = digests.text(manifests.target(reference));
        if (manifests.role(reference) === Role.child) {
          isIndex = true;
          if (!seen.has(target)) {
            seen.add(target);
            pending.push(target);
          }
        } else if (!manifests.isForeign(reference)) {
          isComplete &&= this.#canBeHad(repository, target, manifests.targetSize(reference));
        }
      }
      if (!isIndex && isComplete) helps = true;
    }
    return helps;
  }

  #contentOf(digest: string): (Pick<GraphView, "digests" | "manifests"> & { manifest: number }) | undefined {
    const id = this.#graph.digests.find(digest);
    if (id >= 0 && this.isGoodManifest(id)) {
      const { digests, manifests } = this.#view;
      return { digests, manifests, manifest: manifests.find(id) };
    }
    const source = this.#sources.findManifest(digest);
    return source && { digests: source.graph.digests, manifests: source.graph.manifests, manifest: source.manifest };
  }

  #canBeHad(repository: RepositoryNode, digest: string, size: number): boolean {
    const id = this.#graph.digests.find(digest);
    if (id >= 0) {
      const isRightSize = Number.isNaN(size) || this.#view.blobSize(id) === size;
      if (this.isGoodBlob(id) && isRightSize) return true;
      // A blob pushed by sha512 is stored under sha256, and only a link of that name tells which it is.
      const link = this.#view.layerLinks.find(repository.index, id);
      const target = link < 0 ? -1 : this.#view.layerLinks.target(link);
      if (target >= 0 && target !== id && this.isAlias(id, target) && this.isGoodBlob(target)) return true;
    }
    return this.#sources.findBlob(digest, size) !== undefined;
  }

  /** Whether a layer link of this place may hold that digest. */
  isAlias(place: number, target: number): boolean {
    const { digests } = this.#graph;
    return digests.algorithm(place) !== "sha256" && digests.algorithm(target) === "sha256";
  }
}
