// Steps that no image asks for: what garbage collection or a later push would stumble over.
import type { CheckContext } from "../checks/context.ts";
import type { RootFindings } from "../checks/root-findings.ts";
import { DiskState } from "../facts/facts.ts";
import type { GraphOverlay } from "../graph/overlay.ts";
import { linkRange, type RepositoryNode, type RootGraph } from "../graph/root-graph.ts";
import { blobData, type LinkKind, linkFile, repositoryFolder } from "../layout/paths.ts";
import type { StepList } from "./step-list.ts";

/** What makes a folder a repository; anything else in it is another repository's. */
const OWN_FOLDERS = ["_layers", "_manifests", "_uploads"];

/** Moves away what stops the registry's walks. To be done first: it may stand in the way of links. */
export function addUnexpectedSteps(
  { catalogue, graph }: CheckContext,
  findings: RootFindings,
  view: GraphOverlay,
  steps: StepList,
): void {
  const misnamed = new Set(
    catalogue.unexpected.filter(({ reason }) => reason === "invalid-name").map(({ path }) => path),
  );
  const loops = loopsInStore(graph);
  for (const { path, repository } of findings.toFix("move-away")) {
    const named = repository ? { repository: repository.name } : {};
    // A folder with a name that no repository can have may still hold some that have one.
    const paths = misnamed.has(path) ? OWN_FOLDERS.map((own) => `${path}/${own}`) : [path];
    const isAny = misnamed.has(path) || path.includes("/_manifests/tags/");
    // What is put in the place of a loop afterwards is no unexpected entry.
    const reason = loops.has(path) ? "blocked-folder" : isAny ? "stray-entry" : "unexpected-file";
    for (const entry of paths.filter((path) => steps.allows(path))) {
      const message = "move it away: the registry's own walk stops at it";
      steps.add({ kind: "clean", ...named, path: entry, reason, message }, []);
      view.unblock(entry);
    }
  }
  for (const [path, blob] of loops) if (view.isUnblocked(path)) view.removeBlob(blob);
}

/** Blobs by path whose data cannot be found for symbolic links that lead back to themselves. */
function loopsInStore(graph: RootGraph): Map<string, number> {
  const loops = new Map<string, number>();
  for (let blob = 0; blob < graph.digests.length; blob++) {
    if (!graph.hasBlobFolder(blob) || graph.blobState(blob) !== DiskState.malformed) continue;
    loops.set(blobData(graph.digests.text(blob)), blob);
  }
  return loops;
}

/** Gives repositories that garbage collection does not see the folder by which it knows them. */
export function addFolderSteps(findings: RootFindings, view: GraphOverlay, steps: StepList): void {
  const unseen = [...findings.toFix("create-layers-folder")].flatMap(({ repository }) => repository ?? []);
  const unblocked = view
    .repositories()
    .filter((repository) => holdsSomething(repository) && view.isUnblocked(layersFolder(repository)));
  for (const repository of new Set([...unseen, ...unblocked])) {
    if (!repository.name.split("/").every((part) => part !== "")) continue;
    const path = layersFolder(repository);
    if (steps.writesBelow(path) || !steps.allows(path)) continue;
    const message = "make the empty folder by which garbage collection knows that this repository is there";
    steps.add({ kind: "folder", repository: repository.name, path, message }, []);
  }
}

function holdsSomething({ tags, revisions }: RepositoryNode): boolean {
  return tags.length + revisions.length > 0;
}

function layersFolder({ name }: RepositoryNode): string {
  return `${repositoryFolder(name)}/_layers`;
}

/**
 * Moves links away that lead to nothing in the end, and that nothing needs. `isNeeded` tells by kind and number.
 * In a pull-through cache a revision without its manifest is normal.
 */
export function addUselessLinkSteps(
  { graph, kind: rootKind }: CheckContext,
  view: GraphOverlay,
  steps: StepList,
  isNeeded: (repository: RepositoryNode, kind: LinkKind, link: number) => boolean,
): void {
  for (const repository of graph.repositories()) {
    for (const kind of ["layer", "revision"] as const) {
      if (kind === "revision" && rootKind === "cache") continue;
      const links = graph.links(kind);
      for (const link of linkRange(repository, kind)) {
        if (links.state(link) !== DiskState.ok || view.links(kind).target(link) !== links.target(link)) continue;
        const state = view.blobState(links.target(link));
        if (state === DiskState.ok || state === DiskState.unreadable || isNeeded(repository, kind, link)) continue;
        const digest = graph.digests.text(links.place(link));
        const path = linkFile(repository.name, kind, digest);
        if (!steps.allows(path)) continue;
        steps.add(
          {
            kind: "clean",
            repository: repository.name,
            digest,
            path,
            reason: "orphan-link",
            content: graph.digests.text(links.target(link)),
            message: `move the ${kind} link away: its blob is gone, and nothing needs it`,
          },
          [],
        );
      }
    }
  }
}
