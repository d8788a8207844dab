// An upload that nobody finished: it holds space, and no push will ever end it.
import { uploadsFolder } from "../layout/paths.ts";
import type { Check } from "./finding.ts";

const DAY = 24 * 3600 * 1000;

export const staleUpload: Check = {
  severity: "info",
  meaning: "an upload older than --stale-upload-age",
  inCaches: true,
  *find({ graph, now, staleUploadAge }) {
    for (const repository of graph.repositories()) {
      for (const { id, startedAt, bytes } of repository.uploads) {
        if (now - startedAt < staleUploadAge) continue;
        yield {
          repository,
          path: `${uploadsFolder(repository.name)}/${id}`,
          message: `an upload of ${bytes} bytes, begun ${Math.floor((now - startedAt) / DAY)} days ago and never finished`,
          remedy: "the registry's own upload purging removes it (storage.maintenance.uploadpurging)",
          tags: [],
        };
      }
    }
  },
};
