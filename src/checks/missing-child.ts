// An index names a child manifest whose blob is not in the store.
import type { Check } from "./finding.ts";
import { dataPath, referenceDraft, refusedReferences } from "./refused-references.ts";

export const missingChild: Check = {
  severity: "error-if-tagged",
  meaning: "an index names a child manifest whose blob is not in the store",
  inCaches: false,
  *find(context) {
    for (const problem of refusedReferences(context, "child", false)) {
      yield referenceDraft(context, problem, {
        path: dataPath(context, problem),
        message: context.graph.digests.isDigest(problem.digest)
          ? "the child manifest is not in the store; the index itself still answers 200"
          : "the index names a child by text that is no digest, which no client can ask for",
        remedy: "push this platform's image again, or rebuild the multi-arch image",
      });
    }
  },
};
