// What the registry answers when it is asked for a manifest or a blob of a repository, and why.

import { DiskState, ManifestState } from "../../facts/facts.ts";
import type { ClosedParts } from "../../graph/closed-parts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import type { LinkKind } from "../../layout/paths.ts";

export type Answer =
  | "served"
  /** No link to it in this repository: 404. */
  | "not-linked"
  /** Linked, but its data is not in the store: 404. */
  | "no-data"
  /** The text is not a digest, so no client can ask for it. */
  | "not-a-digest"
  /** Its link cannot be resolved: 500. */
  | "broken-link"
  /** Its place in the store is not what it should be, so that even looking fails: 500. */
  | "broken-store"
  /** A manifest that the registry cannot parse: 500, or a dropped connection. */
  | "invalid"
  /** The user who serves the registry may not read the link or the data: 500, or an answer that breaks off. */
  | "closed"
  /** It could not be read here, so nothing can be said. */
  | "unknown";

export interface Reply {
  readonly answer: Answer;
  /** The link that decided, by its number in `kind`'s table; -1 where there is none. */
  readonly link: number;
  readonly kind: LinkKind;
  /** The digest under which that link lies, or should: not what was asked for where an alias leads on. */
  readonly asked: number;
  /** The blob that the link names; -1 where it names none. */
  readonly blob: number;
}

/** Whether what was asked for is not available, for a reason that lies with it and not with a link that is there. */
export function isRefused(reply: Reply): boolean {
  switch (reply.answer) {
    case "not-linked":
    case "no-data":
    case "not-a-digest":
    case "broken-store":
      return true;
    case "broken-link":
      return reply.link < 0;
    default:
      return false;
  }
}

/**
 * A manifest by digest (docs/internals/registry-2.8.3.md section 3.2): its revision link, else in registry 2 its layer
 * link, then its data, parsed.
 */
export function serveManifest(
  graph: GraphView,
  repository: RepositoryNode,
  digest: number,
  closed?: ClosedParts,
): Reply {
  const reply = followManifestLink(graph, repository, digest, closed);
  if (reply.answer !== "served") return reply;
  const manifest = graph.manifests.find(reply.blob);
  if (manifest < 0) return { ...reply, answer: "unknown" };
  switch (graph.manifests.state(manifest)) {
    case ManifestState.ok:
      return reply;
    case ManifestState.absent:
      return { ...reply, answer: "no-data" };
    case ManifestState.unreadable:
      return { ...reply, answer: "unknown" };
    default:
      return { ...reply, answer: "invalid" };
  }
}

/**
 * The part of serveManifest before the data is read: "served" here means that the link and the data are there.
 * Garbage collection goes this far for each revision before it reads any.
 */
export function followManifestLink(
  graph: GraphView,
  repository: RepositoryNode,
  digest: number,
  closed?: ClosedParts,
): Reply {
  const revision = followLink(graph, repository, "revision", digest, closed);
  const isLeft = revision.answer === "not-linked" && graph.servesByLayerLink;
  return isLeft ? followLink(graph, repository, "layer", digest, closed) : revision;
}

/**
 * A blob by digest (docs/internals/registry-2.8.3.md section 3.3): its layer link, whether its data is there; then the
 * digest that the link names is looked up in the same way, and that is what is served. So a sha512 alias needs the
 * sha256 link too.
 */
export function serveBlob(graph: GraphView, repository: RepositoryNode, digest: number, closed?: ClosedParts): Reply {
  const first = followLink(graph, repository, "layer", digest, closed);
  if (first.answer !== "served" || first.blob === digest) return first;
  return followLink(graph, repository, "layer", first.blob, closed);
}

/** What the link of one kind leads to: "served" means that it and the data are there. */
export function followLink(
  graph: GraphView,
  repository: RepositoryNode,
  kind: LinkKind,
  digest: number,
  closed?: ClosedParts,
): Reply {
  // Each field by name: to spread an object here costs as much as all the rest.
  if (!graph.digests.isDigest(digest)) return { answer: "not-a-digest", link: -1, kind, asked: digest, blob: -1 };
  const table = graph.links(kind);
  const link = table.find(repository.index, digest);
  switch (link < 0 ? graph.linkState(repository, kind, digest) : table.state(link)) {
    case DiskState.ok: {
      const blob = table.target(link);
      const isClosed = closed !== undefined && (closed.links[kind].has(link) || closed.blobs.has(blob));
      const answer = isClosed ? "closed" : dataAnswer(graph, blob);
      return { answer, link, kind, asked: digest, blob };
    }
    case DiskState.absent:
      return { answer: "not-linked", link, kind, asked: digest, blob: -1 };
    case DiskState.unreadable:
      return { answer: "unknown", link, kind, asked: digest, blob: -1 };
    default:
      return { answer: "broken-link", link, kind, asked: digest, blob: -1 };
  }
}

function dataAnswer(graph: GraphView, blob: number): Answer {
  switch (graph.blobState(blob)) {
    case DiskState.ok:
      return "served";
    case DiskState.absent:
    case DiskState.folder:
      return "no-data";
    case DiskState.unreadable:
      return "unknown";
    default:
      return "broken-store";
  }
}
