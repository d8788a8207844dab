// A manifest's config or layer is not in the store. An index may have them too, among its children.
import { defineCheck } from "./check.ts";
import { dataPath, orFetched, problemClaims, problemDraft, pushAgain, refusedReferences } from "./pull-problems.ts";

export const missingBlob = defineCheck({
  code: "missing-blob",
  severity: "error-if-tagged",
  label: "not in the store",
  meaning: "a manifest's config or layer is not in the store",
  inCaches: false,
  find: (context) => refusedReferences(context, "blob", false),
  draft: (context, problem) => problemDraft(context, problem, () => dataPath(context, problem)),
  words: (context, problem) =>
    context.graph.digests.isDigest(problem.digest)
      ? {
          message: "the blob is not in the store",
          remedy: pushAgain(context, problem) + orFetched(problem),
        }
      : {
          message: "the manifest references a blob by an invalid digest, which no client can ask for",
          remedy: "rebuild the image and push it",
        },
  restsOn: problemClaims,
});
