// The files called `link` of one repository, in the order in which the registry's walk meets them: by name, folder by folder.
import { DiskState } from "../../facts/facts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import { linkRange, type RepositoryNode } from "../../graph/root-graph.ts";
import { isStoragePath } from "../../layout/names.ts";
import { type LinkKind, linkFile } from "../../layout/paths.ts";

export interface WalkedLink {
  readonly isMalformed: boolean;
  /** What it holds; -1 unless it is a digest. */
  readonly target: number;
  /** Relative to the root. */
  path(): string;
}

/** Those below `revisions` or `_layers`, at any depth, as far as they are files and can be read. */
export function* walkedLinks(graph: GraphView, repository: RepositoryNode, kind: LinkKind): Generator<WalkedLink> {
  const own = ownLinks(graph, repository, kind);
  const unexpected = repository.unexpectedLinks[kind];
  if (unexpected.length === 0) yield* own;
  else yield* [...own, ...unexpectedLinks(graph, repository, kind)].sort((a, b) => compare(a.path(), b.path()));
}

function* ownLinks(graph: GraphView, repository: RepositoryNode, kind: LinkKind): Generator<WalkedLink> {
  const links = graph.links(kind);
  for (const link of linkRange(repository, kind)) {
    const state = links.state(link);
    if (state !== DiskState.ok && state !== DiskState.malformed) continue;
    const path = () => linkFile(repository.name, kind, graph.digests.text(links.place(link)));
    yield { isMalformed: state === DiskState.malformed, target: links.target(link), path };
  }
}

function* unexpectedLinks(graph: GraphView, repository: RepositoryNode, kind: LinkKind): Generator<WalkedLink> {
  for (const { path, state, target } of repository.unexpectedLinks[kind]) {
    const isRefused = state === DiskState.ok && !isStoragePath(path);
    if (state !== DiskState.ok && state !== DiskState.malformed) continue;
    const digest = target === undefined || isRefused ? -1 : graph.digests.find(target);
    yield { isMalformed: state === DiskState.malformed || isRefused, target: digest, path: () => path };
  }
}

/** Component by component, as a walk goes. */
function compare(a: string, b: string): number {
  const [left, right] = [a.replaceAll("/", "\0"), b.replaceAll("/", "\0")];
  return left < right ? -1 : left > right ? 1 : 0;
}
