// An index names a child manifest whose blob is not in the store.
import { defineCheck } from "./check.ts";
import {
  dataPath,
  lenience,
  orFetched,
  problemClaims,
  problemDraft,
  pushChild,
  refusedReferences,
} from "./pull-problems.ts";

export const missingChild = defineCheck({
  code: "missing-child",
  severity: "error-if-tagged",
  label: "not in the store",
  meaning: "an index names a child manifest whose blob is not in the store",
  inCaches: false,
  find: (context) => refusedReferences(context, "child", false),
  draft: (context, problem) => problemDraft(context, problem, () => dataPath(context, problem)),
  words: (context, problem) =>
    context.graph.digests.isDigest(problem.digest)
      ? {
          message: `${lenience(context, problem)}the child manifest is not in the store; the index itself still answers 200`,
          remedy:
            pushChild(context, problem, "push this platform's image again, or rebuild the multi-arch image") +
            orFetched(problem),
        }
      : {
          message: "the index references a child by an invalid digest, which no client can ask for",
          remedy: "rebuild the multi-arch image and push it",
        },
  restsOn: problemClaims,
});
