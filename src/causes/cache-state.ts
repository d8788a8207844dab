// The file in which a pull-through cache keeps what expires when is empty, cut or zeroed, so that it will not start again.
import { SCHEDULER_STATE } from "../layout/paths.ts";
import { type CauseDefinition, minuteOf } from "./cause.ts";

export const cacheState: CauseDefinition = {
  code: "cache-state",
  meaning: "a pull-through cache's scheduler-state.json is empty, cut or zeroed: the cache will not start",
  find: ({ path, findings, disk }) => {
    if (findings.count("cache-state") === 0) return undefined;
    const written = disk.modifiedAt(SCHEDULER_STATE);
    const when = written === undefined ? "" : ` (last written ${minuteOf(written)})`;
    return {
      message: `${path}/${SCHEDULER_STATE} is empty, cut or zeroed${when}: the cache panics when it starts next`,
      evidence: {
        path: SCHEDULER_STATE,
        ...(written !== undefined && { lastWritten: new Date(written).toISOString() }),
      },
      fix: "stop the registry, move the file out of the storage root, and start it; do not restart it before",
      next: `ls -l ${path}/${SCHEDULER_STATE}`,
      explains: ({ check }) => check.code === "cache-state",
    };
  },
};
