// What is served does not hash to the digest that was asked for: corrupt content, or a link to something else.

import { ROLE_NAMES } from "../facts/facts.ts";
import { blobData, linkFile } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { Check, CheckContext } from "./finding.ts";

export const digestMismatch: Check = {
  severity: "error-if-tagged",
  meaning: "the content does not hash to its digest",
  inCaches: true,
  *find(context) {
    for (const problem of context.pull.problems) {
      if (problem.failure !== "wrong-content") continue;
      const { repository, digest, parent, reference, platform, tags } = problem;
      const role = reference >= 0 ? ROLE_NAMES[context.graph.manifests.role(reference)] : undefined;
      yield { repository, digest, parent, ...(role && { role }), platform, tags, ...words(context, problem) };
    }
  },
};

function words({ graph }: CheckContext, { repository, digest, reply }: PullProblem) {
  const { blob, kind, answer } = reply!;
  if (blob !== digest) {
    return {
      path: linkFile(repository.name, kind, graph.digests.text(digest)),
      message: "the link names another blob: that one is served with 200, and clients reject it",
      remedy: "write the link's own digest into it if that blob is in the store, else push the image again",
    };
  }
  return {
    path: blobData(graph.digests.text(blob)),
    message:
      answer === "invalid"
        ? "the content is corrupt, and the registry cannot parse it: 500"
        : "the content is corrupt: it is served with 200, and clients reject it",
    remedy: "move the damaged file away, restart the registry, and push the image again",
  };
}
