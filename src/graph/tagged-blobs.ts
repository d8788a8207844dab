// Which blobs tags need: what each tag names, and all that its manifests reference, down to the last layer.
import { Bytes } from "../facts/columns.ts";
import type { RootGraph } from "./root-graph.ts";

/** By digest: 1 where some tag leads to it, in whatever repository, whether it is there or not. */
export function taggedBlobs(graph: RootGraph): Bytes {
  const { manifests, tags } = graph;
  const served = servedInstead(graph);
  const needed = new Bytes(graph.digests.length);
  const unseen: number[] = [];
  const need = (digest: number) => {
    if (digest < 0 || needed.at(digest) === 1) return;
    needed.set(digest, 1);
    unseen.push(digest);
  };
  for (const repository of graph.repositories()) for (const tag of repository.tags) need(tags.target(tag));
  for (let digest = unseen.pop(); digest !== undefined; digest = unseen.pop()) {
    for (const other of served.get(digest) ?? []) need(other);
    const manifest = manifests.find(digest);
    if (manifest < 0) continue;
    for (const reference of manifests.references(manifest)) need(manifests.target(reference));
  }
  return needed;
}

/** By digest: the blobs that layer links of that name lead to in its place. */
function servedInstead({ layerLinks }: RootGraph): ReadonlyMap<number, readonly number[]> {
  const served = new Map<number, number[]>();
  for (let link = 0; link < layerLinks.length; link++) {
    const [place, target] = [layerLinks.place(link), layerLinks.target(link)];
    if (target < 0 || target === place) continue;
    const known = served.get(place);
    if (known) known.push(target);
    else served.set(place, [target]);
  }
  return served;
}
