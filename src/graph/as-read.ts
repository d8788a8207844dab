// Whether what is read once more is what the graph holds: row by row, on bytes.
import { Bytes } from "../facts/columns.ts";
import { type BlobFacts, DiskState, type LinkFacts, type RepositoryFacts, type TagFacts } from "../facts/facts.ts";
import { DigestCursor } from "../facts/packed-digests.ts";
import type { LinkKind } from "../layout/paths.ts";
import { linkRange, type RepositoryNode, type RootGraph } from "./root-graph.ts";

/** Whether a repository's folders, links and tags are as the graph has them; not where some could not be read now. */
export function isAsRead(graph: RootGraph, repository: RepositoryNode, facts: RepositoryFacts): boolean {
  const { blocked, tagsState, layersState } = repository;
  return (
    facts.unreadable.length === 0 &&
    facts.tagsState === tagsState &&
    facts.layersState === layersState &&
    facts.blocked.length === blocked.length &&
    facts.blocked.every(({ path, state }, at) => path === blocked[at]!.path && state === blocked[at]!.state) &&
    haveSameLinks(graph, repository, "layer", facts.layerLinks) &&
    haveSameLinks(graph, repository, "revision", facts.revisionLinks) &&
    haveSameTags(graph, repository, facts.tags)
  );
}

function haveSameLinks(graph: RootGraph, repository: RepositoryNode, kind: LinkKind, parts: readonly LinkFacts[]) {
  const { digests } = graph;
  const links = graph.links(kind);
  const { first, end } = linkRange(repository, kind);
  let link = first;
  for (const { places, states, otherRows, otherTargets } of parts) {
    const place = new DigestCursor(places);
    const target = new DigestCursor(otherTargets);
    for (let row = 0, other = 0; place.next(); row++, link++) {
      if (link >= end || links.state(link) !== states[row] || !digests.isAt(place, links.place(link))) return false;
      const isOther = otherRows[other] === row;
      if (isOther) {
        other++;
        target.next();
      }
      if (states[row] === DiskState.ok && !digests.isAt(isOther ? target : place, links.target(link))) return false;
    }
  }
  return link === end;
}

function haveSameTags({ tags, digests }: RootGraph, repository: RepositoryNode, parts: readonly TagFacts[]): boolean {
  let tag = repository.tags.first;
  for (const { names, states, targets } of parts) {
    const target = new DigestCursor(targets);
    for (let row = 0; target.next(); row++, tag++) {
      if (tag >= repository.tags.end || tags.name(tag) !== names[row] || tags.state(tag) !== states[row]) return false;
      if (!digests.isAt(target, tags.target(tag))) return false;
    }
  }
  return tag === repository.tags.end;
}

/** Which blobs of the store are as the graph has them. To be asked when all shards have been noted. */
export class BlobsAsRead {
  readonly #graph: RootGraph;
  /** By digest: 1 where it was met and is as it was, 2 where it is not. */
  readonly #met = new Bytes();

  constructor(graph: RootGraph) {
    this.#graph = graph;
  }

  note({ digests, states, sizes }: BlobFacts): void {
    const graph = this.#graph;
    const cursor = new DigestCursor(digests);
    for (let row = 0; cursor.next(); row++) {
      const blob = graph.digests.findAt(cursor);
      if (blob < 0) continue;
      const state = graph.blobState(blob);
      const isSame = state === states[row] && (state !== DiskState.ok || graph.blobSize(blob) === sizes[row]);
      this.#met.set(blob, isSame ? 1 : 2);
    }
  }

  has(blob: number): boolean {
    const met = this.#met.at(blob);
    return met === 1 || (met === 0 && this.#graph.blobState(blob) === DiskState.absent);
  }
}
