// What the checks of refused references share: a child, config or layer that a held manifest names and the
// registry refuses. Whether its data is in the store decides which code it is.

import { DiskState, ROLE_NAMES, Role } from "../facts/facts.ts";
import { blobData, type LinkKind, linkFile } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { CheckContext, FindingDraft } from "./finding.ts";

/** The refused references with this role whose data is, or is not, in the store. */
export function* refusedReferences(
  { graph, pull }: CheckContext,
  wanted: "child" | "blob",
  inStore: boolean,
): Generator<PullProblem> {
  for (const problem of pull.problems) {
    if (problem.failure !== "refused-reference") continue;
    const isChild = graph.manifests.role(problem.reference) === Role.child;
    const { reply } = problem;
    const state = graph.blobState(reply!.asked);
    // Where the store cannot be read nothing is said to be gone from it: what is known is that the link is.
    const present = (state === DiskState.ok || state === DiskState.unreadable) && reply!.answer !== "no-data";
    if (isChild === (wanted === "child") && present === inStore) yield problem;
  }
}

/** The draft of a reference problem; `path` is what is wrong on disk. */
export function referenceDraft(
  { graph }: CheckContext,
  problem: PullProblem,
  words: { readonly path: string; readonly message: string; readonly remedy: string },
): FindingDraft {
  const { repository, digest, parent, reference, platform, tags } = problem;
  const role = ROLE_NAMES[graph.manifests.role(reference)];
  return { repository, digest, parent, ...(role && { role }), platform, tags, ...words };
}

/** Where the blob of a digest belongs; for text that is no digest, the manifest that names it. */
export function dataPath({ graph }: CheckContext, { parent, reply }: PullProblem): string {
  const blob = reply!.blob >= 0 ? reply!.blob : reply!.asked;
  return blobData(graph.digests.text(graph.digests.isDigest(blob) ? blob : parent));
}

/** Where the link to a problem's digest belongs. */
export function linkPath({ graph }: CheckContext, problem: PullProblem, kind: LinkKind): string {
  return linkFile(problem.repository.name, kind, graph.digests.text(problem.reply!.asked));
}
