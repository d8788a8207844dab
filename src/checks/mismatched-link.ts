// A link that names another digest than its place says, and that no image needs (else its images are broken by it,
// which is reported as such). A sha512 layer alias is fine: blobs are stored under sha256.

import { DiskState } from "../facts/facts.ts";
import { linkFile } from "../layout/paths.ts";
import type { Check, CheckContext, FindingDraft } from "./finding.ts";

export const mismatchedLink: Check = {
  severity: "warning",
  meaning: "a link that names another digest than its place says",
  inCaches: true,
  *find(context) {
    const { graph, pull } = context;
    const reported = new Set<string>();
    for (const { repository, reply, digest } of pull.problems) {
      if (reply) reported.add(`${repository.index} ${reply.kind} ${digest}`);
    }
    for (const repository of graph.repositories()) {
      for (const kind of ["layer", "revision"] as const) {
        const links = kind === "layer" ? graph.layerLinks : graph.revisions;
        const range = kind === "layer" ? repository.layerLinks : repository.revisions;
        for (let link = range.first; link < range.end; link++) {
          if (links.state(link) !== DiskState.ok || links.target(link) === links.place(link)) continue;
          if (kind === "layer" && isAlias(context, links.place(link), links.target(link))) continue;
          if (reported.has(`${repository.index} ${kind} ${links.place(link)}`)) continue;
          yield draft(context, repository, kind, links.place(link), links.target(link));
        }
      }
    }
  },
};

function isAlias({ graph }: CheckContext, place: number, target: number): boolean {
  return graph.digests.algorithm(place) !== "sha256" && graph.digests.algorithm(target) === "sha256";
}

function draft(
  { graph }: CheckContext,
  repository: FindingDraft["repository"] & object,
  kind: "layer" | "revision",
  place: number,
  target: number,
): FindingDraft {
  return {
    repository,
    digest: place,
    path: linkFile(repository.name, kind, graph.digests.text(place)),
    message: `the ${kind} link names ${graph.digests.text(target)}, not the digest that it lies under`,
    remedy: "no tag needs it now; delete its folder, or write its own digest into it",
    tags: [],
  };
}
