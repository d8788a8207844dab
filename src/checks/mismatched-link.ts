// A link that names another digest than its place says, and that no image needs (else its images are broken by it,
// which is reported as such). A sha512 layer alias is fine: blobs are stored under sha256.

import { DiskState } from "../facts/facts.ts";
import { claimsOf } from "../graph/claims.ts";
import { linkRange, type RepositoryNode } from "../graph/root-graph.ts";
import { type LinkKind, linkFile } from "../layout/paths.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./context.ts";

interface MismatchedLink {
  readonly repository: RepositoryNode;
  readonly kind: LinkKind;
  readonly place: number;
  readonly target: number;
}

export const mismatchedLink = defineCheck({
  code: "mismatched-link",
  severity: "warning",
  label: "link to another digest",
  meaning: "a link that names another digest than its place says",
  inCaches: true,
  fixedAtPath: true,
  leftByPlan: "no image needs it for what it should be, but one may for what it is",
  find: findMismatched,
  draft: ({ graph }, { repository, kind, place }) => ({
    repository,
    digest: place,
    path: linkFile(repository.name, kind, graph.digests.text(place)),
    tags: [],
  }),
  words: ({ graph: { digests } }, { kind, place, target }) => ({
    message: `expected digest ${digests.text(place)}, but the ${kind} link names ${digests.text(target)}`,
    remedy: "delete the link's folder, or write its own digest into it (no tag needs it now)",
  }),
  restsOn: ({ graph }, { repository, place }, asRead) =>
    claimsOf(graph, repository, { digests: [place], suspects: [place], tags: [] }, asRead),
});

function* findMismatched(context: CheckContext): Generator<MismatchedLink> {
  const { graph, pull } = context;
  const reported = new Set<string>();
  for (const { repository, reply, digest } of pull.problems) {
    if (reply) reported.add(`${repository.index} ${reply.kind} ${digest}`);
  }
  for (const repository of graph.repositories()) {
    for (const kind of ["layer", "revision"] as const) {
      const links = graph.links(kind);
      for (const link of linkRange(repository, kind)) {
        const [place, target] = [links.place(link), links.target(link)];
        if (links.state(link) !== DiskState.ok || target === place) continue;
        if (kind === "layer" && isAlias(context, place, target)) continue;
        if (!reported.has(`${repository.index} ${kind} ${place}`)) yield { repository, kind, place, target };
      }
    }
  }
}

function isAlias({ graph }: CheckContext, place: number, target: number): boolean {
  return graph.digests.algorithm(place) !== "sha256" && graph.digests.algorithm(target) === "sha256";
}
