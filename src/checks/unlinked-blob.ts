// A manifest's config or layer is in the store, but not linked in the repository.
import type { Check } from "./finding.ts";
import { linkPath, referenceDraft, refusedReferences } from "./refused-references.ts";

export const unlinkedBlob: Check = {
  severity: "error-if-tagged",
  meaning: "the config's or layer's blob is in the store, but the repository has no layer link to it: 404",
  inCaches: false,
  *find(context) {
    for (const problem of refusedReferences(context, "blob", true)) {
      yield referenceDraft(context, problem, {
        path: linkPath(context, problem, "layer"),
        message: "the blob is in the store, but its repository has no layer link to it: 404",
        remedy: "write the layer link back, or push the image again",
      });
    }
  },
};
