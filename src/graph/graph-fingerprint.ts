// The marks of a root, from its graph.

import { DiskState } from "../facts/facts.ts";
import type { RepositoryMarks } from "../facts/fingerprint.ts";
import type { RootGraph } from "./root-graph.ts";

/** By repository name; tags and revisions as the disk lists them. */
export function* graphMarks(graph: RootGraph): Generator<RepositoryMarks> {
  for (const repository of graph.repositories()) {
    yield {
      name: repository.name,
      tags: tagMarks(graph, repository.tags),
      revisions: revisionMarks(graph, repository.revisions),
      uploads: repository.uploads.map(({ id, modified }) => [id, modified] as const),
    };
  }
}

function* tagMarks(graph: RootGraph, { first, end }: { first: number; end: number }) {
  for (let tag = first; tag < end; tag++) {
    const target = graph.tags.target(tag);
    yield [graph.tags.name(tag), target < 0 ? "" : graph.digests.text(target)] as const;
  }
}

function* revisionMarks(graph: RootGraph, { first, end }: { first: number; end: number }) {
  for (let link = first; link < end; link++) {
    if (graph.revisions.state(link) !== DiskState.absent) yield graph.digests.text(graph.revisions.place(link));
  }
}
