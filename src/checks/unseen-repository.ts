// A repository with tags or revisions that collection cannot see: it would lose everything.

import type { UnexpectedEntry } from "../facts/facts.ts";
import { REPOSITORIES, repositoryFolder } from "../layout/paths.ts";
import type { Check } from "./finding.ts";

export const unseenRepository: Check = {
  severity: "error",
  meaning: "a repository with tags or revisions that collection cannot see: it would lose everything",
  inCaches: false,
  *find({ graph, catalogue }) {
    const seen = new Set(catalogue.seen);
    const blockers = new Map<string, UnexpectedEntry>();
    for (const entry of catalogue.unexpected.toReversed())
      for (const name of entry.hides ?? []) blockers.set(name, entry);
    for (const repository of graph.repositories()) {
      const holds =
        repository.tags.end > repository.tags.first || repository.revisions.end > repository.revisions.first;
      if (!holds || seen.has(repository.name)) continue;
      const blocker = blockers.get(repository.name);
      yield {
        repository,
        path: repositoryFolder(repository.name),
        message: blocker
          ? `the file ${blocker.path.slice(REPOSITORIES.length + 1)} ends the registry's walk before this repository: collection would delete all its blobs`
          : "without _layers, _catalog leaves it out and collection would delete all its blobs",
        remedy: blocker
          ? "move that file out of the storage root before any collection"
          : `create the empty folder ${repositoryFolder(repository.name)}/_layers before any collection`,
        tags: [],
      };
    }
  },
};
