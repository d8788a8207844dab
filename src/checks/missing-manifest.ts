// A revision link whose manifest blob is not in the store, where no tag and no index wants it.

import { DiskState } from "../facts/facts.ts";
import { claimsOf } from "../graph/claims.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";
import { afterRestart, LinkDraft } from "./pull-problems.ts";

export const missingManifest = defineCheck({
  code: "missing-manifest",
  severity: "warning",
  label: "linked, not in the store",
  meaning: "a revision link whose manifest blob is not in the store",
  breaksNoImage: true,
  inCaches: false,
  find: findLinks,
  draft: ({ graph }, link) => new LinkDraft(graph, "revision", link),
  words: (context) => ({
    message: "the revision link names a manifest whose data is not in the store: 404",
    remedy: `delete the revision's folder (no tag needs it); if someone pulls it by digest, ${afterRestart(context, "push the image again")}`,
  }),
  restsOn: ({ graph }, link, asRead) => {
    const place = graph.revisions.place(link);
    const about = { digests: [place], suspects: [place], tags: [] };
    return claimsOf(graph, graph.repository(graph.revisions.repository(link)), about, asRead);
  },
});

/** The numbers of the revision links. */
function* findLinks({ graph, pull }: CheckContext): Generator<number> {
  for (const { revisions } of graph.repositories()) {
    for (const link of revisions) {
      if (graph.revisions.state(link) !== DiskState.ok || pull.neededLinks.revision.at(link) === 1) continue;
      const state = graph.blobState(graph.revisions.target(link));
      if (state !== DiskState.ok && state !== DiskState.unreadable) yield link;
    }
  }
}
