// A blob's size is not what the descriptor that names it says: a truncated or empty file, most often; else a manifest that
// says a wrong size of a sound blob.
import { Role } from "../facts/facts.ts";
import { blobData } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { dataPath, problemClaims, problemDraft, problemsOf, REPLACE_FILE } from "./pull-problems.ts";

export const sizeMismatch = defineCheck({
  code: "size-mismatch",
  severity: "error-if-tagged",
  label: "linked, wrong size",
  meaning: "a blob's size is not what its descriptor says (truncated, empty)",
  inCaches: true,
  fixedAtPath: true,
  find: (context) => problemsOf(context, "wrong-size"),
  draft: (context, problem) => {
    // What is at fault: the file, or the manifest that is wrong about it.
    const { digests } = context.graph;
    const path = isSound(context, problem) ? blobData(digests.text(problem.parent)) : dataPath(context, problem);
    return problemDraft(context, problem, () => path);
  },
  words: (context, problem) => {
    const { manifests } = context.graph;
    const { blob } = problem.reply!;
    const isChild = manifests.role(problem.reference) === Role.child;
    const actual = isChild ? manifests.size(manifests.find(blob)) : context.graph.blobSize(blob);
    const expected = manifests.targetSize(problem.reference);
    const sizes = `expected size ${expected} bytes, actual size ${actual} bytes`;
    if (isSound(context, problem)) {
      return {
        message: `${sizes}, and it hashes to its digest: the manifest that names it says a wrong size, and clients reject it`,
        remedy: "rebuild the image and push it; leave the blob where it is (it is sound, and other images may need it)",
      };
    }
    return {
      message: `${sizes}: it is served with 200, and clients reject it`,
      remedy: REMEDIES[remedyOf(context, problem)],
    };
  },
  suspect: ({ graph }, { reference, reply }) => ({
    blob: reply!.blob,
    expected: graph.manifests.targetSize(reference),
  }),
  restsOn: problemClaims,
});

const REMEDIES = {
  replace: REPLACE_FILE,
  // It could not be read, or a sha512 link names something else.
  ask: `compare sha256sum of the file with its digest: where they differ, ${REPLACE_FILE}; else rebuild the image, whose manifest is wrong`,
};

function remedyOf({ graph }: CheckContext, { reply }: PullProblem): keyof typeof REMEDIES {
  return graph.isBlobSound(reply!.blob) === undefined ? "ask" : "replace";
}

function isSound({ graph }: CheckContext, { reply }: PullProblem): boolean {
  return graph.isBlobSound(reply!.blob) === true;
}
