// A manifest that is what its digest says, and that the registry cannot serve all the same.

import { ManifestState } from "../facts/facts.ts";
import { blobData } from "../layout/paths.ts";
import { defineCheck } from "./check.ts";
import { afterRestart, problemClaims, problemDraft, problemsOf } from "./pull-problems.ts";

export const invalidManifest = defineCheck({
  code: "invalid-manifest",
  severity: "error-if-tagged",
  label: "linked, cannot be served",
  meaning: "a manifest that the registry cannot serve: not JSON, unknown type, over 4 MiB",
  inCaches: true,
  fixedAtPath: true,
  find: (context) => problemsOf(context, "invalid-manifest"),
  draft: (context, problem) =>
    problemDraft(context, problem, () => blobData(context.graph.digests.text(problem.reply!.blob))),
  words: (context, { reply }) => {
    const { manifests } = context.graph;
    const manifest = manifests.find(reply!.blob);
    const panics = manifests.state(manifest) === ManifestState.panics;
    const outdated = manifests.isOutdated(manifest) ? ", which only the registry before this one reads" : "";
    return {
      message: `${manifests.reason(manifest)}${outdated}: ${panics ? "the registry drops the connection" : "500"}`,
      remedy: `delete what links it (garbage collection aborts on it); ${afterRestart(context, "push the image again")}`,
    };
  },
  restsOn: problemClaims,
});
