// The file in which a pull-through cache keeps what expires when: with one that it cannot read, the registry panics at its start.
import { SCHEDULER_STATE } from "../layout/paths.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";

export const cacheState = defineCheck({
  code: "cache-state",
  severity: "error",
  label: "unreadable to the registry",
  meaning: "a pull-through cache's scheduler-state.json is empty, cut or zeroed: the registry will not start",
  noun: "cache",
  inCaches: true,
  fixedAtPath: true,
  leftByPlan: "whether to lose what expires when is for a person to say; the remedy is one move",
  find: ({ kind, isCacheStateBroken }: CheckContext) =>
    kind === "cache" && isCacheStateBroken ? [SCHEDULER_STATE] : [],
  draft: (_, path) => ({ path, tags: [] }),
  words: () => ({
    message: "it is empty, cut or zeroed: the registry panics when it starts next, though it may be running now",
    remedy:
      "stop the registry, move the file out of the storage root, and start it: it fetches what it needs again, and what it has never expires",
  }),
  restsOn: (_, path) => [{ kind: "cache-state", path }],
});
