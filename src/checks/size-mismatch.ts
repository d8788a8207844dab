// A blob's size is not what the descriptor that names it says: a truncated or empty file, most often.
import { Role } from "../facts/facts.ts";
import { defineCheck } from "./check.ts";
import { dataPath, problemClaims, problemDraft, problemsOf, REPLACE_FILE } from "./pull-problems.ts";

export const sizeMismatch = defineCheck({
  code: "size-mismatch",
  severity: "error-if-tagged",
  label: "linked, wrong size",
  meaning: "a blob's size is not what its descriptor says (truncated, empty)",
  inCaches: true,
  fixedAtPath: true,
  find: (context) => problemsOf(context, "wrong-size"),
  draft: (context, problem) => problemDraft(context, problem, dataPath(context, problem)),
  words: ({ graph }, { reference, reply }) => {
    const blob = reply!.blob;
    const isChild = graph.manifests.role(reference) === Role.child;
    const actual = isChild ? graph.manifests.size(graph.manifests.find(blob)) : graph.blobSize(blob);
    const expected = graph.manifests.targetSize(reference);
    return {
      message: `expected size ${expected} bytes, actual size ${actual} bytes: it is served with 200, and clients reject it`,
      remedy: REPLACE_FILE,
    };
  },
  restsOn: problemClaims,
});
