// Repositories of which nothing can be said for certain, so that nothing of them is deleted.

import { DiskState } from "../../facts/facts.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { isStoragePath } from "../../layout/names.ts";
import type { RootInput } from "../collect/collection.ts";
import { SharedLinks } from "../collect/shared-links.ts";
import type { KeptReason } from "./needs.ts";

/** Why nothing of a repository can be said for certain; undefined where that can be. */
export function doubtsIn({ graph, catalogue }: RootInput): (repository: RepositoryNode) => KeptReason | undefined {
  const sharing = [new SharedLinks(graph, "revision"), new SharedLinks(graph, "layer")];
  const seen = new Set(catalogue.seen);
  return (repository) => {
    if (sharing.some((links) => links.of(repository).length > 1)) return "shared";
    const { tags, revisions, tagsState, blocked, unexpected, unexpectedLinks, name } = repository;
    // Without a directory for tags there may have been some.
    if (tagsState !== DiskState.ok || !seen.has(name)) return "damaged";
    if (blocked.length + unexpected.length + unexpectedLinks.revision.length + unexpectedLinks.layer.length > 0)
      return "damaged";
    for (const tag of tags) {
      // A delete reads them all.
      if (graph.tags.state(tag) !== DiskState.ok || !isStoragePath(graph.tags.name(tag))) return "damaged";
    }
    for (const link of revisions) {
      // What is asked for by the one digest is served, or deleted, by the other.
      if (
        graph.revisions.state(link) === DiskState.ok &&
        graph.revisions.target(link) !== graph.revisions.place(link)
      ) {
        return "damaged";
      }
    }
    return undefined;
  };
}
