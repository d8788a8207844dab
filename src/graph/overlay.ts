// The graph as registry/ reads it: either what is on disk, or what would be left after a collection.
import type { Bytes } from "../facts/columns.ts";
import { DiskState } from "../facts/facts.ts";
import type { LinkKind } from "../layout/paths.ts";
import type { LinkTable } from "./links.ts";
import type { RepositoryNode, RootGraph } from "./root-graph.ts";

type LinkView = Pick<LinkTable, "find" | "place" | "target" | "state" | "reason">;

export type GraphView = Pick<
  RootGraph,
  "digests" | "tags" | "manifests" | "repositories" | "repository" | "blobState" | "blobSize" | "isBlobCorrupt"
> & {
  readonly layerLinks: LinkView;
  readonly revisions: LinkView;
  linkState(repository: RepositoryNode, kind: LinkKind, digest: number): DiskState;
};

/** The graph without these revision links and blobs: 1 at the number of each that is gone. */
export function graphWithout(graph: RootGraph, revisions: Bytes, blobs: Bytes): GraphView {
  const { digests, tags, manifests, layerLinks } = graph;
  return {
    digests,
    tags,
    manifests,
    layerLinks,
    revisions: {
      find: (repository, place) => graph.revisions.find(repository, place),
      place: (link) => graph.revisions.place(link),
      target: (link) => (revisions.at(link) === 1 ? -1 : graph.revisions.target(link)),
      state: (link) => (revisions.at(link) === 1 ? DiskState.absent : graph.revisions.state(link)),
      reason: (link) => graph.revisions.reason(link),
    },
    linkState(repository, kind, digest) {
      const link = kind === "revision" ? graph.revisions.find(repository.index, digest) : -1;
      return link >= 0 && revisions.at(link) === 1 ? DiskState.absent : graph.linkState(repository, kind, digest);
    },
    repositories: () => graph.repositories(),
    repository: (index) => graph.repository(index),
    blobState: (digest) => (blobs.at(digest) === 1 ? DiskState.absent : graph.blobState(digest)),
    blobSize: (digest) => graph.blobSize(digest),
    isBlobCorrupt: (digest) => graph.isBlobCorrupt(digest),
  };
}
