// A tag whose current link names a manifest that is not served, or that has no current link.
import { DiskState } from "../facts/facts.ts";
import { tagCurrent } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { Answer } from "../registry/serve/serve.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { afterRestart, problemClaims, problemDraft, problemsOf } from "./pull-problems.ts";

export const danglingTag = defineCheck({
  code: "dangling-tag",
  severity: "error",
  label: "not served",
  meaning: "a tag whose current link names a manifest that is not served, or that has no current link",
  inCaches: false,
  find: (context) => problemsOf(context, "dangling-tag"),
  draft: (context, problem) => {
    const name = context.graph.tags.name(problem.tag);
    return problemDraft(context, problem, () => tagCurrent(problem.repository.name, name));
  },
  words: (context, problem) => ({
    message: messageOf(context, problem),
    remedy: `${afterRestart(context, "push the image again")}; or delete the tag's folder if nobody needs it`,
  }),
  restsOn: problemClaims,
});

function messageOf({ graph }: CheckContext, { repository, digest, reply }: PullProblem): string {
  if (!reply) return "the tag has no current link: 404";
  const isLayer = reply.answer === "not-linked" && graph.linkState(repository, "layer", digest) === DiskState.ok;
  if (isLayer)
    return "the tag names a manifest that is linked among the layers only, where this registry does not look: 404";
  return REASONS[reply.answer] ?? "its manifest is not served";
}

const REASONS: Partial<Record<Answer, string>> = {
  "not-linked": "the tag names a manifest that its repository has no link to: 404",
  "no-data": "the tag names a manifest whose data is not in the store: 404",
  "broken-store":
    "the tag names a manifest that the store cannot hold, since a folder on its path is not a directory: 500",
  "broken-link":
    "the tag names a manifest that cannot be linked, since a folder on the link's path is not a directory: 500",
};
