// What is served does not hash to the digest that was asked for: corrupt content, or a link to something else.

import { DiskState } from "../facts/facts.ts";
import { blobData, linkFile } from "../layout/paths.ts";
import { defineCheck } from "./check.ts";
import { afterRestart, problemClaims, problemDraft, problemsOf, REPLACE_FILE } from "./pull-problems.ts";

export const digestMismatch = defineCheck({
  code: "digest-mismatch",
  severity: "error-if-tagged",
  label: "linked, wrong content",
  meaning: "the content does not hash to its digest",
  inCaches: true,
  fixedAtPath: true,
  find: (context) => problemsOf(context, "wrong-content"),
  draft: (context, problem) => {
    const { repository, digest, reply } = problem;
    const { blob, kind } = reply!;
    const { digests } = context.graph;
    const path = blob === digest ? blobData(digests.text(blob)) : linkFile(repository.name, kind, digests.text(digest));
    return problemDraft(context, problem, () => path);
  },
  words: (context, { digest, reply }) => {
    const { graph } = context;
    const { blob, answer } = reply!;
    const expected = `expected digest ${graph.digests.text(digest)}`;
    if (blob !== digest) {
      return {
        message: `${expected}, but the link names ${graph.digests.text(blob)}: that blob is served with 200, and clients reject it`,
        remedy:
          graph.blobState(digest) === DiskState.ok
            ? "write the link's own digest into it (that blob is in the store)"
            : afterRestart(context, "push the image again (the blob that the link should name is not in the store)"),
      };
    }
    const known = graph.actualDigest(blob);
    const actual =
      known === undefined ? "and an earlier run has read other content in this very file" : `actual digest ${known}`;
    const effect =
      answer === "invalid" ? "the registry cannot parse it: 500" : "it is served with 200, and clients reject it";
    return { message: `${expected}, ${actual}: ${effect}`, remedy: REPLACE_FILE };
  },
  suspect: ({ graph }, { digest, reference, reply }) => ({
    // Where a link leads elsewhere it is the link that is wrong.
    blob: reply!.blob === digest ? digest : -1,
    expected: reference < 0 ? -1 : graph.manifests.targetSize(reference),
  }),
  restsOn: problemClaims,
});
