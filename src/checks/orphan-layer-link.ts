// A layer link whose blob is not in the store. Every garbage collection leaves some; the registry answers "exists" to a
// push that asks for such a layer while its descriptor cache is warm, so they are the seed of the next failure.

import { DiskState } from "../facts/facts.ts";
import { claimsOf } from "../graph/claims.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { findExpired } from "./expired-blob.ts";
import { LinkDraft } from "./pull-problems.ts";

export const orphanLayerLink = defineCheck({
  code: "orphan-layer-link",
  severity: "warning",
  label: "linked, not in the store",
  meaning: "a layer link whose blob is not in the store, which no live manifest of the repository wants",
  breaksNoImage: true,
  inCaches: true,
  isTidied: true,
  find: findLinks,
  draft: ({ graph }, link) => new LinkDraft(graph, "layer", link),
  words: ({ kind }) => ({
    message: "the layer link names a blob that is not in the store",
    remedy:
      kind === "cache"
        ? "restart the cache: it then fetches the blob again when it is asked for"
        : "delete the link's folder while the registry is stopped (no image of today needs it)",
  }),
  restsOn: ({ graph }, link, asRead) => {
    const place = graph.layerLinks.place(link);
    const about = { digests: [place], suspects: [place], tags: [] };
    return claimsOf(graph, graph.repository(graph.layerLinks.repository(link)), about, asRead);
  },
});

/** The numbers of the layer links. */
function* findLinks(context: CheckContext): Generator<number> {
  const { graph, pull, kind } = context;
  const expired = new Set([...findExpired(context)].map(({ link }) => link));
  for (const { layerLinks } of graph.repositories()) {
    for (const link of layerLinks) {
      if (graph.layerLinks.state(link) !== DiskState.ok) continue;
      // In an authoritative root what a live manifest wants is reported as missing-blob, once.
      if (kind === "authoritative" && pull.neededLinks.layer.at(link) === 1) continue;
      if (expired.has(link)) continue;
      const state = graph.blobState(graph.layerLinks.target(link));
      if (state !== DiskState.ok && state !== DiskState.unreadable) yield link;
    }
  }
}
