// A link whose content is not a digest: 500 on use, and garbage collection aborts where it reads it.
import { DiskState } from "../facts/facts.ts";
import { linkFile, tagCurrent } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { afterRestart, problemClaims, problemDraft, problemsOf } from "./pull-problems.ts";

export const malformedLink = defineCheck({
  code: "malformed-link",
  severity: "error",
  label: "malformed",
  meaning: "a link whose content is not a digest: 500 on use, and garbage collection aborts",
  noun: "link",
  inCaches: true,
  isTidied: true,
  fixedAtPath: true,
  find: (context) => problemsOf(context, "broken-tag", "broken-link"),
  draft: (context, problem) => problemDraft(context, problem, () => pathOf(context, problem)),
  words: (context, { tag, reply }) => {
    const { graph } = context;
    if (tag >= 0) {
      return {
        message: `the tag's link is malformed (${graph.tags.reason(tag)}): 500, and garbage collection with -m aborts`,
        remedy: "push the tag again (that writes its link), or delete its folder if nobody needs it",
      };
    }
    const { kind, link } = reply!;
    const reason = graph.links(kind).reason(link);
    const isMalformed = graph.links(kind).state(link) === DiskState.malformed;
    const isLayerRead = isMalformed && context.rules.collector.deletesLayerLinks;
    const layerEffect = isLayerRead ? EFFECTS.aborts : "500 when it is pulled";
    const effect = kind === "layer" ? layerEffect : EFFECTS[isMalformed ? "aborts" : "passes over"];
    return {
      message: `the ${kind} link is malformed (${reason}): ${effect}`,
      remedy: `write its own digest into it if the blob is in the store, else delete its folder; ${afterRestart(context, "push again")}`,
    };
  },
  restsOn: problemClaims,
});

const EFFECTS = {
  aborts: "500 when it is pulled, and garbage collection aborts",
  // It finds revisions by files called link: what is none it does not see.
  "passes over": "500 when it is pulled; garbage collection passes over it, and deletes what only this revision keeps",
};

function pathOf({ graph }: CheckContext, { repository, tag, digest, reply }: PullProblem): string {
  if (tag >= 0) return tagCurrent(repository.name, graph.tags.name(tag));
  return linkFile(repository.name, reply!.kind, graph.digests.text(digest));
}
