// A manifest that is what its digest says, and that the registry cannot serve all the same.

import { ManifestState } from "../facts/facts.ts";
import { blobData } from "../layout/paths.ts";
import type { Check } from "./finding.ts";

export const invalidManifest: Check = {
  severity: "error-if-tagged",
  meaning: "a manifest that the registry cannot serve: not JSON, unknown type, over 4 MiB",
  inCaches: true,
  *find({ graph, pull }) {
    for (const { failure, repository, digest, reply, platform, tags } of pull.problems) {
      if (failure !== "invalid-manifest") continue;
      const manifest = graph.manifests.find(reply!.blob);
      const panics = graph.manifests.state(manifest) === ManifestState.panics;
      yield {
        repository,
        digest,
        platform,
        tags,
        path: blobData(graph.digests.text(reply!.blob)),
        message: `${graph.manifests.reason(manifest)}: ${panics ? "the registry drops the connection" : "500"}`,
        remedy: "delete what links it (collection aborts on it), and push the image again",
      };
    }
  },
};
