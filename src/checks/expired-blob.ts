// In a pull-through cache: a cached image wants a blob whose link is there and whose data is gone. Two repositories that share a
// layer share its data, and expiry in one takes it from both (docs/internals/registry-2.8.3.md section 9).

import { DiskState, Role } from "../facts/facts.ts";
import { claimsOf } from "../graph/claims.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import { linkFile } from "../layout/paths.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";

interface ExpiredBlob {
  readonly repository: RepositoryNode;
  readonly link: number;
  /** That want it. */
  readonly images: readonly string[];
}

/** So many images are named. */
const MOST_NAMES = 3;

export const expiredBlob = defineCheck({
  code: "expired-blob",
  severity: "warning",
  label: "linked, expired",
  meaning: "in a pull-through cache, a cached image wants a blob that is linked and whose data is gone",
  inCaches: true,
  leftByPlan: "a restart of the cache is all that they need",
  find: (context) => findExpired(context),
  draft: ({ graph }, { repository, link }) => {
    const digest = graph.layerLinks.place(link);
    return { repository, digest, path: linkFile(repository.name, "layer", graph.digests.text(digest)), tags: [] };
  },
  words: (_, { images }) => {
    const more = images.length > MOST_NAMES ? ` and ${images.length - MOST_NAMES} more` : "";
    return {
      message: `the blob is linked and its data is gone, and ${images.slice(0, MOST_NAMES).join(", ")}${more} ${images.length === 1 ? "wants" : "want"} it: while the registry's descriptor cache remembers it, a pull breaks off there`,
      remedy: "restart the cache: it then fetches the blob again",
    };
  },
  restsOn: ({ graph }, { repository, link }, asRead) => {
    const place = graph.layerLinks.place(link);
    return claimsOf(graph, repository, { digests: [place], suspects: [], tags: [] }, asRead);
  },
});

/** The layer links of a cache that its tags want and whose blobs are gone. None where no descriptor cache remembers them. */
export function* findExpired({ graph, pull, kind, cachesDescriptors }: CheckContext): Generator<ExpiredBlob> {
  if (kind !== "cache" || cachesDescriptors === false) return;
  for (const repository of graph.repositories()) {
    const wanted = new Map<number, { link: number; images: string[] }>();
    for (const link of repository.layerLinks) {
      const target = graph.layerLinks.target(link);
      const isGone = target >= 0 && graph.blobState(target) === DiskState.absent;
      if (isGone && pull.neededLinks.layer.at(link) === 1)
        wanted.set(graph.layerLinks.place(link), { link, images: [] });
    }
    if (wanted.size === 0) continue;
    for (const tag of repository.tags) {
      const image = `${repository.name}:${graph.tags.name(tag)}`;
      for (const blob of blobsOf(graph, graph.tags.target(tag))) wanted.get(blob)?.images.push(image);
    }
    for (const { link, images } of wanted.values()) if (images.length > 0) yield { repository, link, images };
  }
}

/** The configs and layers that a manifest references, through its children, each once. */
function blobsOf({ manifests }: CheckContext["graph"], digest: number): Set<number> {
  const blobs = new Set<number>();
  const open = new Set([digest]);
  for (const one of open) {
    const manifest = one < 0 ? -1 : manifests.find(one);
    if (manifest < 0) continue;
    for (const reference of manifests.references(manifest)) {
      (manifests.role(reference) === Role.child ? open : blobs).add(manifests.target(reference));
    }
  }
  return blobs;
}
