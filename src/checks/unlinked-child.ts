// An index names a child manifest that is in the store but not linked in the repository: what `-m` leaves behind.
import { isContentInStore } from "../registry/serve/content.ts";
import { defineCheck } from "./check.ts";
import { lenience, linkPath, problemClaims, problemDraft, pushChild, refusedReferences } from "./pull-problems.ts";

export const unlinkedChild = defineCheck({
  code: "unlinked-child",
  severity: "error-if-tagged",
  label: "in the store, not linked",
  meaning: "the child's blob is in the store, but the repository has no link to it: 404",
  inCaches: false,
  find: (context) => refusedReferences(context, "child", true),
  draft: (context, problem) => problemDraft(context, problem, () => linkPath(context, problem, "revision")),
  words: (context, problem) => ({
    message: `${lenience(context, problem)}the child manifest is in the store, but its repository has no revision link to it: 404`,
    remedy:
      !problem.isUnwanted && isContentInStore(context.graph, problem.digest)
        ? "write its revision link back, and the layer links that are gone (all that it needs is in the store)"
        : pushChild(context, problem, "push this platform's image again (its config or layers are gone too)"),
  }),
  restsOn: problemClaims,
});
