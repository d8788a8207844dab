// A manifest's config or layer is in the store, but not linked in the repository. An index may have them too.
import { defineCheck } from "./check.ts";
import { linkPath, problemClaims, problemDraft, pushAgain, refusedReferences } from "./pull-problems.ts";

export const unlinkedBlob = defineCheck({
  code: "unlinked-blob",
  severity: "error-if-tagged",
  label: "in the store, not linked",
  meaning: "the config's or layer's blob is in the store, but the repository has no layer link to it: 404",
  inCaches: false,
  find: (context) => refusedReferences(context, "blob", true),
  draft: (context, problem) => problemDraft(context, problem, () => linkPath(context, problem, "layer")),
  words: (context, problem) => ({
    message: "the blob is in the store, but its repository has no layer link to it: 404",
    remedy: `write the layer link back, or ${pushAgain(context, problem)}`,
  }),
  restsOn: problemClaims,
});
