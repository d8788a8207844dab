// Repositories of which nothing can be said for certain, so that nothing of them is deleted.

import { DiskState } from "../../facts/facts.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { isStoragePath } from "../../layout/names.ts";
import type { RootInput } from "../collect/collection.ts";
import { SharedRevisions } from "../collect/shared-revisions.ts";
import type { KeptReason } from "./needs.ts";

/** Why nothing of a repository can be said for certain; undefined where that can be. */
export function doubtsIn({ graph, catalogue }: RootInput): (repository: RepositoryNode) => KeptReason | undefined {
  const sharing = new SharedRevisions(graph);
  const seen = new Set(catalogue.seen);
  return (repository) => {
    if (sharing.of(repository).length > 1) return "shared";
    const { tags, tagsState, blocked, unexpected, unexpectedRevisionLinks, name } = repository;
    // Without a directory for tags there may have been some.
    if (tagsState !== DiskState.ok || !seen.has(name)) return "damaged";
    if (blocked.length + unexpected.length + unexpectedRevisionLinks.length > 0) return "damaged";
    for (const tag of tags) {
      // A delete reads them all.
      if (graph.tags.state(tag) !== DiskState.ok || !isStoragePath(graph.tags.name(tag))) return "damaged";
    }
    return undefined;
  };
}
