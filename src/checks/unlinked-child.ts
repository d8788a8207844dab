// An index names a child manifest that is in the store but not linked in the repository: what `-m` leaves behind.
import { isContentInStore } from "../registry/serve/content.ts";
import type { Check } from "./finding.ts";
import { linkPath, referenceDraft, refusedReferences } from "./refused-references.ts";

export const unlinkedChild: Check = {
  severity: "error-if-tagged",
  meaning: "the child's blob is in the store, but the repository has no link to it: 404",
  inCaches: false,
  *find(context) {
    for (const problem of refusedReferences(context, "child", true)) {
      const whole = isContentInStore(context.graph, problem.digest);
      yield referenceDraft(context, problem, {
        path: linkPath(context, problem, "revision"),
        message: "the child manifest is in the store, but its repository has no revision link to it: 404",
        remedy: whole
          ? "all that it needs is in the store: write its revision link back (and the layer links that are gone)"
          : "its config or layers are gone as well: push this platform's image again",
      });
    }
  },
};
