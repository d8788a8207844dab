// Whose incomplete copy of an index costs another repository its layers: a digest that is marked already is not entered
// again, so what the first repository cannot enter stays unmarked in all that come later
// (docs/internals/registry-3.md section 5.2).
import { Role } from "../../facts/facts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { followManifestLink } from "../serve/serve.ts";
import type { CollectInput } from "./collection.ts";

/**
 * The first repository of the walk that comes before the tag's own, holds its manifest or an index below it, and lacks a
 * child of that; undefined where none does, or where garbage collection does not go by that.
 */
export function incompleteFirst({ rules, graph, catalogue }: CollectInput, tag: number): RepositoryNode | undefined {
  if (!rules.collector.entersReferences) return undefined;
  const own = graph.repository(graph.tags.repository(tag));
  const indexes = indexesBelow(graph, graph.tags.target(tag));
  const repositories = new Map(graph.repositories().map((repository) => [repository.name, repository]));
  for (const name of catalogue.seen) {
    const other = repositories.get(name);
    if (other === own) return undefined;
    if (other && [...indexes].some(([index, children]) => lacks(graph, other, index, children))) return other;
  }
  return undefined;
}

/** The children by index, to any depth, as far as they are in the store. */
function indexesBelow({ manifests, digests }: GraphView, image: number): Map<number, number[]> {
  const indexes = new Map<number, number[]>();
  const open = [image];
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    const manifest = digest >= 0 && digests.isDigest(digest) && !indexes.has(digest) ? manifests.find(digest) : -1;
    if (manifest < 0) continue;
    const children: number[] = [];
    for (const reference of manifests.references(manifest)) {
      if (manifests.role(reference) === Role.child) children.push(manifests.target(reference));
    }
    if (children.length > 0) indexes.set(digest, children);
    open.push(...children);
  }
  return indexes;
}

function lacks(graph: GraphView, repository: RepositoryNode, index: number, children: readonly number[]): boolean {
  const isHeld = (digest: number) => followManifestLink(graph, repository, digest).answer === "served";
  return isHeld(index) && children.some((child) => !isHeld(child));
}
