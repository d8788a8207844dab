// The graph as registry/ reads it: either what is on disk, or what would be left after a collection.
import type { Bytes } from "../layout/columns.ts";
import { DiskState } from "../scan/facts.ts";
import type { LinkTable } from "./links.ts";
import type { RootGraph } from "./root-graph.ts";

type LinkView = Pick<LinkTable, "find" | "place" | "target" | "state" | "reason">;

export type GraphView = Pick<
  RootGraph,
  "digests" | "tags" | "manifests" | "repositories" | "repository" | "blobState" | "blobSize" | "isBlobRotten"
> & { readonly layerLinks: LinkView; readonly revisions: LinkView };

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
    repositories: () => graph.repositories(),
    repository: (index) => graph.repository(index),
    blobState: (digest) => (blobs.at(digest) === 1 ? DiskState.absent : graph.blobState(digest)),
    blobSize: (digest) => graph.blobSize(digest),
    isBlobRotten: (digest) => graph.isBlobRotten(digest),
  };
}
