// A layer link whose blob is not in the store. Every collection leaves some; the registry answers "exists" to a push
// that asks for such a layer while its descriptor cache is warm, so they are the seed of the next failure.

import { DiskState } from "../facts/facts.ts";
import { linkFile } from "../layout/paths.ts";
import type { Check } from "./finding.ts";

export const orphanLayerLink: Check = {
  severity: "warning",
  meaning: "a layer link whose blob is not in the store, which no live manifest of the repository wants",
  inCaches: true,
  *find({ graph, pull, kind }) {
    for (const repository of graph.repositories()) {
      for (let link = repository.layerLinks.first; link < repository.layerLinks.end; link++) {
        if (graph.layerLinks.state(link) !== DiskState.ok) continue;
        // In an authoritative root what a live manifest wants is reported as missing-blob, once.
        if (kind === "authoritative" && pull.neededLayerLinks.at(link) === 1) continue;
        const state = graph.blobState(graph.layerLinks.target(link));
        if (state === DiskState.ok || state === DiskState.unreadable) continue;
        const digest = graph.layerLinks.place(link);
        yield {
          repository,
          digest,
          path: linkFile(repository.name, "layer", graph.digests.text(digest)),
          message: "the layer link names a blob that is not in the store",
          remedy: "harmless to the images of today; delete its folder while the registry is stopped",
          tags: [],
        };
      }
    }
  },
};
