// A revision link whose manifest blob is not in the store, where no tag and no index wants it.

import { DiskState } from "../facts/facts.ts";
import { linkFile } from "../layout/paths.ts";
import type { Check } from "./finding.ts";

export const missingManifest: Check = {
  severity: "warning",
  meaning: "a revision link whose manifest blob is not in the store",
  inCaches: false,
  *find({ graph, pull }) {
    for (const repository of graph.repositories()) {
      for (let link = repository.revisions.first; link < repository.revisions.end; link++) {
        if (graph.revisions.state(link) !== DiskState.ok || pull.neededRevisions.at(link) === 1) continue;
        const state = graph.blobState(graph.revisions.target(link));
        if (state === DiskState.ok || state === DiskState.unreadable) continue;
        const digest = graph.revisions.place(link);
        yield {
          repository,
          digest,
          path: linkFile(repository.name, "revision", graph.digests.text(digest)),
          message: "the revision link names a manifest whose data is not in the store: 404",
          remedy:
            "no tag needs it; delete the revision's folder, or push the image again if someone pulls it by digest",
          tags: [],
        };
      }
    }
  },
};
