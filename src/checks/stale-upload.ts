// An upload that nobody finished: it holds space, and no push will ever end it.
import type { UploadFacts } from "../facts/facts.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import { uploadsFolder } from "../layout/paths.ts";
import { defineCheck, restsOnNothing } from "./check.ts";
import type { CheckContext } from "./context.ts";

const DAY = 24 * 3600 * 1000;

interface StaleUpload {
  readonly repository: RepositoryNode;
  readonly upload: UploadFacts;
}

export const staleUpload = defineCheck({
  code: "stale-upload",
  severity: "info",
  label: "never finished",
  meaning: "an upload older than --stale-upload-age",
  inCaches: true,
  find: findStale,
  draft: (_, { repository, upload }) => {
    return { repository, path: `${uploadsFolder(repository.name)}/${upload.id}`, tags: [] };
  },
  words: ({ now }, { upload: { bytes, startedAt, isDated } }) => {
    const days = Math.floor((now - startedAt) / DAY);
    return isDated
      ? {
          message: `an upload of ${bytes} bytes, started ${days} days ago and never finished`,
          remedy: "let the registry's upload purging remove it (storage.maintenance.uploadpurging)",
        }
      : {
          message: `an upload of ${bytes} bytes that is never purged, since its startedat is missing, empty or no time; ${days} days old`,
          remedy: "delete its directory while the registry is stopped: upload purging never does",
        };
  },
  restsOn: restsOnNothing,
});

function* findStale({ graph, now, staleUploadAge }: CheckContext): Generator<StaleUpload> {
  for (const repository of graph.repositories()) {
    for (const upload of repository.uploads) {
      if (now - upload.startedAt >= staleUploadAge) yield { repository, upload };
    }
  }
}
