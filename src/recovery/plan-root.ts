// The plan for one root: steps on paper until nothing more can be repaired from what is there, then what is left to people.
import type { CheckContext } from "../checks/context.ts";
import { imageName } from "../checks/index.ts";
import type { RootFindings } from "../checks/root-findings.ts";
import type { Entries } from "../facts/entries.ts";
import { DiskState, ManifestKind, Role } from "../facts/facts.ts";
import { GraphOverlay } from "../graph/overlay.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import { blobData, tagCurrent, tagFolder } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import { imageParts } from "../registry/serve/image-tree.ts";
import { type Pull, pullAll } from "../registry/serve/pull.ts";
import { PushList } from "./pushes.ts";
import { Repair } from "./repair.ts";
import type { Sources } from "./sources.ts";
import { finishStep, type Obstacle, StepList } from "./step-list.ts";
import type { PlanStep } from "./steps.ts";
import { addFolderSteps, addUnexpectedSteps, addUselessLinkSteps } from "./tidy-steps.ts";

export interface RootToPlan {
  readonly context: CheckContext;
  /** What was found in it. */
  readonly findings: RootFindings;
  readonly sources: Sources;
  /** What is at its paths: no step is taken through a symbolic link, nor at what one leads to. */
  readonly entries: Entries;
  /** Hashes a blob of the root: whether it is what its digest says; undefined where it cannot be read. */
  readonly isIntact: (digest: string) => boolean | undefined;
}

export interface RootPlan {
  /** Not sorted. */
  readonly steps: readonly PlanStep[];
  /**
   * `repository:tag` of the images that are broken now: which are pullable after the script, after pushes too, or never, and
   * those that nothing can be said of before people did what the script must not.
   */
  readonly images: {
    readonly fixedByScript: readonly string[];
    readonly fixedByPush: readonly string[];
    readonly fixedByHand: readonly string[];
    readonly unrecoverable: readonly string[];
  };
  /** Where the script could have done something and must not, by path, and why. */
  readonly obstacles: readonly (readonly [path: string, obstacle: Obstacle])[];
}

/** More rounds than any image is deep: a plan that still moves then would move for ever. */
const MAX_ROUNDS = 10_000;

/** In between signals are seen. Throws an Error if a step would break an image that is pullable: that would be a mistake in here. */
export async function planRoot({ context, findings, sources, entries, isIntact }: RootToPlan): Promise<RootPlan> {
  const { graph, root } = context;
  const corrupt = new Set<number>();
  const view = new GraphOverlay(graph, corrupt);
  const steps = new StepList(root, graph, entries);
  const { rules } = context.pull;
  addUnexpectedSteps(context, findings, view, steps);
  const repair = new Repair({ graph, view, sources, steps, corrupt, isIntact });
  let pull: Pull = context.pull;
  view.keepRepositories(new Set(Array.from(pull.problems, ({ repository }) => repository)));
  // Without the unexpected entries, clients run into other problems.
  if (!steps.isEmpty()) pull = pullAll(view, rules);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let moved = false;
    for (const problem of pull.problems) moved = (!problem.isUnwanted && repair.take(problem, pull)) || moved;
    // A blob that turned out to be corrupt is wrong in every repository, whether or not a size gave it away.
    if (corrupt.size > 0) moved = view.keepRepositories(undefined) || moved;
    pull = pullAll(view, rules);
    await new Promise((resolve) => setImmediate(resolve));
    if (!moved) break;
  }
  const retagged = addTagSteps(context, view, pull, steps);
  addFolderSteps(findings, view, steps);
  const kept = new Set(view.repositories());
  addUselessLinkSteps(context, view, steps, (repository, kind, link) => {
    if (context.kind === "cache" && kind === "layer") return false;
    return (kept.has(repository) ? pull : context.pull).neededLinks[kind].at(link) === 1;
  });
  const before = brokenBefore(context, corrupt);
  const after = new Set(pull.brokenTags.map(({ tag }) => tag).filter((tag) => !retagged.has(tag)));
  for (const tag of after) {
    if (!before.has(tag)) throw new Error(`the plan would break ${imageName(graph, tag)}, which is pullable`);
  }
  const fixed = new Set([...before].filter((tag) => !after.has(tag)));
  const waiting = new Set([...after].filter((tag) => steps.waiting().has(tag)));
  const open = new Set([...after].filter((tag) => !waiting.has(tag)));
  const byHand = leftToPeople(context, view, pull, open);
  const pushed = new Set([...open].filter((tag) => !byHand.rebuild.has(tag)));
  const fixable = new Set([...fixed, ...pushed]);
  return {
    steps: [
      ...steps.finish(fixable),
      ...pushSteps(context, byHand.pushes, fixable),
      ...rebuildSteps(context, byHand.rebuild, steps),
    ],
    images: {
      fixedByScript: imageNames(context, fixed),
      fixedByPush: imageNames(context, pushed),
      fixedByHand: imageNames(context, waiting),
      unrecoverable: imageNames(context, byHand.rebuild.keys()),
    },
    obstacles: steps.obstacles(),
  };
}

function brokenBefore({ graph, pull }: CheckContext, corrupt: ReadonlySet<number>): Set<number> {
  const known = corrupt.size === 0 ? pull : pullAll(new GraphOverlay(graph, corrupt), pull.rules);
  return new Set([...pull.brokenTags, ...known.brokenTags].map(({ tag }) => tag));
}

/** Fixes malformed tags: with the only digest that the tag has ever named, if that image is pullable. Gives those that it fixes. */
function addTagSteps({ graph }: CheckContext, view: GraphOverlay, pull: Pull, steps: StepList): Set<number> {
  const fixed = new Set<number>();
  for (const problem of pull.problems) {
    if (problem.failure !== "broken-tag") continue;
    const { repository, tag, tags } = problem;
    const path = tagCurrent(repository.name, graph.tags.name(tag));
    if (!steps.allows(path, tags)) continue;
    const [digest, ...others] = graph.tags.history(tag);
    if (digest !== undefined && others.length === 0 && isComplete(view, repository, digest, pull)) {
      const content = graph.digests.text(digest);
      const blob = { path: blobData(content), size: view.blobSize(digest), hash: true };
      const message = "write the tag's link: it has never named anything else";
      const named = { kind: "relink", repository: repository.name, path, content, before: "malformed", blob } as const;
      steps.add({ ...named, message }, tags);
      fixed.add(tag);
    } else {
      const message = "move the malformed link of the tag away: nothing says what it named";
      steps.add({ kind: "clean", repository: repository.name, path, reason: "malformed-link", message }, tags);
    }
  }
  return fixed;
}

function isComplete(
  view: GraphOverlay,
  repository: RepositoryNode,
  digest: number,
  { problems, rules }: Pull,
): boolean {
  const own = problems.in(repository);
  const parts = imageParts(view, repository, digest, own, rules);
  return (
    parts[0]?.reply.answer === "served" &&
    parts.every(({ failure, need }) => failure === undefined || need !== "required")
  );
}

interface LeftToPeople {
  readonly pushes: PushList;
  /** By tag: why pushing what it was does not help. */
  readonly rebuild: ReadonlyMap<number, string>;
}

function leftToPeople(
  { graph }: CheckContext,
  view: GraphOverlay,
  pull: Pull,
  tags: ReadonlySet<number>,
): LeftToPeople {
  const pushes = new PushList(graph, view, pull.rules);
  const rebuild = new Map<number, string>();
  for (const problem of pull.problems) {
    const reason = whyPushingFails(view, problem);
    for (const tag of reason === undefined ? [] : problem.tags) if (tags.has(tag)) rebuild.set(tag, reason!);
  }
  for (const tag of [...tags].filter((tag) => !rebuild.has(tag))) {
    const repository = graph.repository(graph.tags.repository(tag));
    if (!pushes.add(repository, graph.tags.target(tag), tag)) {
      rebuild.set(tag, "what is wrong with it cannot be fixed by pushing the same content");
    }
  }
  return { pushes, rebuild };
}

/** Why the same bytes would be no better; undefined where a push helps. */
function whyPushingFails(view: GraphOverlay, { failure, digest, reply, reference }: PullProblem): string | undefined {
  if (failure === "broken-tag") return "nothing says for certain which image the tag named";
  if (failure === "dangling-tag" && !reply) return "the tag names nothing";
  if (failure === "wrong-size") return "a manifest is wrong about the size of what it references";
  if (failure === "invalid-manifest") return "its manifest is none that the registry can serve";
  if (!reply) return undefined;
  if (!view.digests.isDigest(reply.asked)) return "a manifest names by text that is not a digest what nobody can push";
  const isManifest = reference < 0 || view.manifests.role(reference) === Role.child;
  const isThere = view.blobState(digest) === DiskState.ok;
  const manifest = view.manifests.find(digest);
  if (isManifest && isThere && manifest >= 0 && !view.manifests.isParsed(manifest)) {
    return "its manifest is none that the registry can serve";
  }
  return failure === "dangling-tag" && !isThere
    ? "its manifest is gone, and with it what is known of the image; whoever still has it can push it"
    : undefined;
}

function pushSteps({ graph, root }: CheckContext, pushes: PushList, fixed: ReadonlySet<number>): PlanStep[] {
  return [...pushes.pushes()].map(([{ repository, digest, platform, ...push }, tags]) => {
    const draft = {
      kind: "push" as const,
      repository: repository.name,
      digest: graph.digests.text(digest),
      ...(platform !== undefined && { platform }),
      ...push,
      message: pushWords(push.known, push.blobs.length > 0 && isIndex(graph, digest)),
    };
    return finishStep(root, graph, draft, tags, fixed);
  });
}

function isIndex({ manifests }: CheckContext["graph"], digest: number): boolean {
  const manifest = manifests.find(digest);
  return manifest >= 0 && manifests.kind(manifest) === ManifestKind.index;
}

/** `isCache`: whether an index lacks blobs that it has among its children. */
function pushWords(isKnown: boolean, isCache: boolean): string {
  const what = isKnown ? "what it lacks" : "all that it references";
  const exported = isCache ? ", or export the build cache again" : "";
  return `push the manifest and ${what}, byte for byte as it was${exported}`;
}

function rebuildSteps(
  { graph, root }: CheckContext,
  rebuild: ReadonlyMap<number, string>,
  steps: StepList,
): PlanStep[] {
  return [...rebuild].flatMap(([tag, reason]): PlanStep[] => {
    const repository = graph.repository(graph.tags.repository(tag)).name;
    const named = { repository, tag: graph.tags.name(tag) };
    const target = graph.tags.target(tag);
    const digest = target < 0 ? null : graph.digests.text(target);
    const finish = <D extends Parameters<typeof finishStep>[2]>(draft: D) =>
      finishStep(root, graph, draft, [tag], new Set());
    const step = finish({
      kind: "rebuild",
      ...named,
      digest,
      reason,
      message: `rebuild the image: ${reason}`,
    } as const);
    const path = tagFolder(repository, named.tag);
    // By way of a symbolic link it may be another repository's tag that goes.
    if (!steps.allows(path)) return [step];
    const message = "or delete the tag, if nobody needs it: move its folder away";
    return [step, finish({ kind: "delete-tag", ...named, path, message } as const)];
  });
}

function imageNames({ graph }: CheckContext, tags: Iterable<number>): string[] {
  return [...tags].map((tag) => imageName(graph, tag)).sort();
}
