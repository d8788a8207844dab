// A manifest's config or layer is not in the store.
import { defineCheck } from "./check.ts";
import { dataPath, problemClaims, problemDraft, refusedReferences } from "./pull-problems.ts";

export const missingBlob = defineCheck({
  code: "missing-blob",
  severity: "error-if-tagged",
  label: "not in the store",
  meaning: "a manifest's config or layer is not in the store",
  inCaches: false,
  find: (context) => refusedReferences(context, "blob", false),
  draft: (context, problem) => problemDraft(context, problem, dataPath(context, problem)),
  words: ({ graph }, { digest }) =>
    graph.digests.isDigest(digest)
      ? {
          message: "the blob is not in the store",
          remedy: "push the image again (restart the registry first if it still says that the blob exists)",
        }
      : {
          message: "the manifest references a blob by an invalid digest, which no client can ask for",
          remedy: "rebuild the image and push it",
        },
  restsOn: problemClaims,
});
