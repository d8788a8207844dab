// `garbage-collect -m` ran: it deletes untagged manifests, and the children of an index have no tags of their own. What is
// left of a child is its blob, which the index references; its link is gone, and what only it referenced was swept.
import type { Found } from "../checks/index.ts";
import { DiskState, ManifestKind, Role } from "../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import { linksFolder } from "../layout/paths.ts";
import { isContentGone } from "../registry/serve/content.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import { type CauseContext, type CauseDefinition, minuteOf } from "./cause.ts";

/** Fewer children than this may have lost their links one by one. */
const FEWEST = 2;

export const collectedChildren: CauseDefinition = {
  code: "collected-children",
  meaning: "garbage-collect -m deleted the children of tagged indexes",
  find: (context) => {
    if (context.kind === "cache") return undefined;
    const repositories = collectedRepositories(context);
    const children = new Set<number>();
    const tags = new Set<number>();
    for (const problems of repositories.values()) {
      for (const { digest, tags: broken } of problems) {
        children.add(digest);
        for (const tag of broken) tags.add(tag);
      }
    }
    const swept = [...children].filter((child) => isContentGone(context.graph, child)).length;
    if (children.size < FEWEST || swept === 0) return undefined;
    const since = unlinkedSince(context, repositories.keys());
    const all = context.graph.repositories().reduce((sum, repository) => sum + repository.tags.length, 0);
    const when = since === undefined ? "" : ` since ${minuteOf(since)}`;
    const restorable = children.size - swept;
    const push = `${swept} ${swept === 1 ? "platform" : "platforms"} to push again`;
    const relink = restorable > 0 ? `, and can link ${restorable} again from the store` : "";
    return {
      message: `${tags.size} of ${all} tags lost children, ${children.size} in all, unlinked${when}: a garbage-collect -m ran`,
      evidence: {
        children: children.size,
        swept,
        repositories: repositories.size,
        ...(since !== undefined && { unlinkedSince: new Date(since).toISOString() }),
      },
      fix: `do not run garbage-collect -m again; regfsck plan lists ${push}${relink}`,
      next: `regfsck plan ${context.path}`,
      explains: (found) => isExplained(found, repositories),
    };
  },
};

/**
 * The repositories in which no child of a tagged index is linked any more unless a tag names it, though `-m` takes
 * nothing else of an index; each with its unlinked children.
 */
function collectedRepositories({ graph, findings }: CauseContext): Map<RepositoryNode, PullProblem[]> {
  const collected = new Map<RepositoryNode, PullProblem[]>();
  for (const { found } of findings.of("unlinked-child")) {
    const problem = found as PullProblem;
    if (problem.tags.length === 0) continue;
    const known = collected.get(problem.repository);
    if (known) known.push(problem);
    else collected.set(problem.repository, [problem]);
  }
  for (const repository of collected.keys()) {
    if (hasUntaggedRevision(graph, repository)) collected.delete(repository);
  }
  return collected;
}

/** Whether a revision is linked that no tag names: `-m` leaves none. One that was pushed since counts too. */
function hasUntaggedRevision(graph: RootGraph, repository: RepositoryNode): boolean {
  const tagged = new Set<number>();
  for (const tag of repository.tags) tagged.add(graph.tags.target(tag));
  for (const tag of repository.tags) addChildrenOfLaterPushes(graph, repository, graph.tags.target(tag), tagged);
  for (const link of repository.revisions) {
    if (graph.revisions.state(link) === DiskState.ok && !tagged.has(graph.revisions.target(link))) return true;
  }
  return false;
}

/** An index all of whose children are linked was pushed, or pushed again, after the garbage collection. */
function addChildrenOfLaterPushes(
  graph: RootGraph,
  repository: RepositoryNode,
  index: number,
  tagged: Set<number>,
): void {
  const manifest = index < 0 ? -1 : graph.manifests.find(index);
  if (manifest < 0 || !graph.manifests.isParsed(manifest)) return;
  if (graph.manifests.kind(manifest) !== ManifestKind.index) return;
  const children: number[] = [];
  for (const reference of graph.manifests.references(manifest)) {
    if (graph.manifests.role(reference) === Role.child) children.push(graph.manifests.target(reference));
  }
  const isLinked = (child: number) => graph.linkState(repository, "revision", child) === DiskState.ok;
  if (children.every(isLinked)) for (const child of children) tagged.add(child);
}

/** When the last of the links went: a folder's modification is when something was last added to it or removed. */
function unlinkedSince({ disk }: CauseContext, repositories: Iterable<RepositoryNode>): number | undefined {
  let earliest: number | undefined;
  for (const { name } of repositories) {
    const time = disk.modifiedAt(`${linksFolder(name, "revision")}/sha256`);
    if (time !== undefined && (earliest === undefined || time < earliest)) earliest = time;
  }
  return earliest;
}

/** Sweeping leaves the layer links of the children behind. */
function isExplained({ check, found }: Found, repositories: ReadonlyMap<RepositoryNode, unknown>): boolean {
  if (check.code === "unlinked-child") return repositories.has((found as PullProblem).repository);
  return check.code === "orphan-layer-link";
}
