// A blob's size is not what the descriptor that names it says: a truncated or empty file, most often.
import { Role } from "../facts/facts.ts";
import type { Check } from "./finding.ts";
import { dataPath, referenceDraft } from "./refused-references.ts";

export const sizeMismatch: Check = {
  severity: "error-if-tagged",
  meaning: "a blob's size is not what its descriptor says (truncated, empty)",
  inCaches: true,
  *find(context) {
    const { graph, pull } = context;
    for (const problem of pull.problems) {
      if (problem.failure !== "wrong-size") continue;
      const blob = problem.reply!.blob;
      const isChild = graph.manifests.role(problem.reference) === Role.child;
      const size = isChild ? graph.manifests.size(graph.manifests.find(blob)) : graph.blobSize(blob);
      const expected = graph.manifests.targetSize(problem.reference);
      yield referenceDraft(context, problem, {
        path: dataPath(context, problem),
        message: `${size} bytes where the descriptor says ${expected}; it is served with 200 and clients fail`,
        remedy: "move the damaged file away, restart the registry, and push the image again",
      });
    }
  },
};
