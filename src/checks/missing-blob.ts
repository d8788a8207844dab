// A manifest's config or layer is not in the store.
import type { Check } from "./finding.ts";
import { dataPath, referenceDraft, refusedReferences } from "./refused-references.ts";

export const missingBlob: Check = {
  severity: "error-if-tagged",
  meaning: "a manifest's config or layer is not in the store",
  inCaches: false,
  *find(context) {
    for (const problem of refusedReferences(context, "blob", false)) {
      yield referenceDraft(context, problem, {
        path: dataPath(context, problem),
        message: context.graph.digests.isDigest(problem.digest)
          ? "the blob is not in the store"
          : "the manifest names a blob by text that is no digest, which no client can ask for",
        remedy: "push the image again (restart the registry first if it still says that the blob exists)",
      });
    }
  },
};
