// A repository with tags or revisions that garbage collection cannot see: it would lose everything.

import type { UnexpectedEntry } from "../facts/facts.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import { REPOSITORIES, repositoryFolder } from "../layout/paths.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";

interface UnseenRepository {
  readonly repository: RepositoryNode;
  /** What ends the registry's walk before it; undefined where the repository has no `_layers`. */
  readonly blocker: UnexpectedEntry | undefined;
}

export const unseenRepository = defineCheck({
  code: "unseen-repository",
  severity: "error",
  label: "not seen by garbage collection",
  meaning: "a repository with tags or revisions that garbage collection cannot see: it would lose everything",
  inCaches: false,
  isTidied: true,
  find: unseenRepositories,
  draft: (_, { repository }) => ({ repository, path: repositoryFolder(repository.name), tags: [] }),
  words: (_, { repository: { name }, blocker }) =>
    blocker
      ? {
          message: `the file ${blocker.path.slice(REPOSITORIES.length + 1)} ends the registry's walk before this repository: garbage collection would delete all its blobs`,
          remedy: "move that file out of the storage root before any garbage collection",
        }
      : {
          message:
            "it has no _layers folder: _catalog leaves it out, and garbage collection would delete all its blobs",
          remedy: `create the empty folder ${repositoryFolder(name)}/_layers before any garbage collection`,
        },
  restsOn: (_, { repository: { name } }) => [{ kind: "unseen", path: repositoryFolder(name), repository: name }],
  fix: (_, { blocker }) => (blocker ? undefined : "create-layers-folder"),
});

/** Those of the repositories with tags or revisions that the registry's walk does not meet. */
export function* unseenRepositories({ graph, catalogue }: CheckContext): Generator<UnseenRepository> {
  const seen = new Set(catalogue.seen);
  const blockers = new Map<string, UnexpectedEntry>();
  for (const entry of catalogue.unexpected.toReversed())
    for (const name of entry.hides ?? []) blockers.set(name, entry);
  for (const repository of graph.repositories()) {
    const { tags, revisions, name } = repository;
    const holdsSomething = tags.length + revisions.length > 0;
    if (holdsSomething && !seen.has(name)) yield { repository, blocker: blockers.get(name) };
  }
}
