// What the checks share that report what a client runs into when it pulls.

import { ROLE_NAMES, type RoleName } from "../contract/finding.ts";
import { DiskState, ManifestKind, Role } from "../facts/facts.ts";
import { type AsRead, type Claim, claimsOf } from "../graph/claims.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import { blobData, type LinkKind, linkFile, linkOf } from "../layout/paths.ts";
import type { Failure, PullProblem } from "../registry/serve/failure.ts";
import type { FindingDraft } from "./check.ts";
import type { CheckContext } from "./context.ts";

/** What clients reject is damaged on disk, and is served from memory until the registry restarts. */
export const REPLACE_FILE = "move the damaged file away, restart the registry, and push the image again";

/**
 * A remedy that pushes what is gone. A registry with a descriptor cache goes on saying that it has it, so that clients
 * leave it out of what they push, until it is restarted (docs/internals/registry-2.8.3.md section 10).
 */
export function afterRestart({ cachesDescriptors }: CheckContext, push: string): string {
  if (cachesDescriptors === false) return push;
  const restart = cachesDescriptors
    ? "restart the registry (its descriptor cache remembers what is gone)"
    : "restart the registry if its descriptor cache is on";
  return `${restart}, then ${push}`;
}

/**
 * To be said of what is neither in the store nor linked: no push leaves that, but a cache fetches a manifest before its parts, and
 * has no scheduler-state.json in its first seconds (registry 3 with `proxy.ttl: 0` never has).
 */
export function orFetched({ reply, isUnwanted }: PullProblem): string {
  if (reply?.answer !== "not-linked" || isUnwanted) return "";
  return "; where this is a pull-through cache, say so with --cache or --registry-config: it fetches what is missing";
}

/** What brings a config or layer back. What an index has among its children is a build cache's or a bundle's, not an image's. */
export function pushAgain(context: CheckContext, { parent }: PullProblem): string {
  const { manifests } = context.graph;
  const manifest = parent < 0 ? -1 : manifests.find(parent);
  const isOfIndex = manifest >= 0 && manifests.kind(manifest) === ManifestKind.index;
  const push = isOfIndex ? "export the build cache again (or push the bundle again)" : "push the image again";
  return afterRestart(context, push);
}

/** What to say first of a child that no image is broken without; nothing of any other. */
export function lenience({ graph }: CheckContext, { reference, isUnwanted }: PullProblem): string {
  if (isUnwanted) return "of a platform that is not wanted here (platforms in the configuration): ";
  return graph.manifests.isAttestation(reference) ? "an attestation, which no pull of a platform needs: " : "";
}

/** What brings back a child: nothing is to be done about one that is not wanted. */
export function pushChild(context: CheckContext, { reference, isUnwanted }: PullProblem, otherwise: string): string {
  if (isUnwanted)
    return "none needed; remove the entry of platforms in the configuration if the platform is wanted after all";
  if (!context.graph.manifests.isAttestation(reference)) return afterRestart(context, otherwise);
  return `none needed for pulls; for the provenance, ${afterRestart(context, "push the image with its attestations again")}`;
}

/** The problems with one of these failures. */
export function problemsOf({ pull }: CheckContext, ...failures: readonly Failure[]): Iterable<PullProblem> {
  return pull.problems.of(failures);
}

/**
 * The children, or configs and layers, that the registry refuses although a manifest that it holds references them, and
 * whose data is, or is not, in the store.
 */
export function* refusedReferences(
  context: CheckContext,
  wanted: "child" | "blob",
  inStore: boolean,
): Generator<PullProblem> {
  const { graph } = context;
  for (const problem of problemsOf(context, "refused-reference")) {
    const { reference, reply } = problem;
    const isChild = graph.manifests.role(reference) === Role.child;
    const state = graph.blobState(reply!.asked);
    // Where the store cannot be read nothing is said to be gone from it: what is known is that the link is.
    const present = (state === DiskState.ok || state === DiskState.unreadable) && reply!.answer !== "no-data";
    if (isChild === (wanted === "child") && present === inStore) yield problem;
  }
}

/** The draft of a problem; `pathOf` gives what is wrong on disk. */
export function problemDraft({ graph }: CheckContext, problem: PullProblem, pathOf: () => string): FindingDraft {
  return new ProblemDraft(graph, problem, pathOf);
}

/** Its path is made when it is asked for: of a million findings few are shown. */
class ProblemDraft implements FindingDraft {
  readonly repository: RepositoryNode;
  readonly tag: number | undefined;
  readonly digest: number;
  readonly parent: number;
  readonly role: RoleName | undefined;
  readonly platform: string | undefined;
  readonly isUnwanted: boolean;
  readonly tags: readonly number[];
  readonly #pathOf: () => string;

  constructor(
    { manifests }: RootGraph,
    { repository, tag, digest, parent, reference, platform, isUnwanted, tags }: PullProblem,
    pathOf: () => string,
  ) {
    this.repository = repository;
    this.tag = tag >= 0 ? tag : undefined;
    this.digest = digest;
    this.parent = parent;
    this.role = reference < 0 ? undefined : ROLE_NAMES[manifests.role(reference)];
    this.platform = platform;
    this.isUnwanted = isUnwanted;
    this.tags = tags;
    this.#pathOf = pathOf;
  }

  get path(): string {
    return this.#pathOf();
  }
}

/** The draft of a link that no image needs, at its own path. */
export class LinkDraft implements FindingDraft {
  readonly repository: RepositoryNode;
  readonly digest: number;
  readonly tags: readonly number[] = [];
  readonly #graph: RootGraph;
  readonly #kind: LinkKind;

  constructor(graph: RootGraph, kind: LinkKind, link: number) {
    const links = graph.links(kind);
    this.repository = graph.repository(links.repository(link));
    this.digest = links.place(link);
    this.#graph = graph;
    this.#kind = kind;
  }

  get path(): string {
    const { digests } = this.#graph;
    const algorithm = digests.algorithm(this.digest)!;
    const hex = digests.text(this.digest).slice(algorithm.length + 1);
    return linkOf(this.repository.name, this.#kind, { algorithm, hex });
  }
}

/** The links and blobs of what a problem asks for, and the tags that it breaks. */
export function problemClaims(context: CheckContext, problem: PullProblem, asRead?: AsRead): Iterable<Claim> {
  const { repository, digest, parent, tags } = problem;
  return claimsOf(context.graph, repository, { digests: [digest, parent], suspects: [digest], tags }, asRead);
}

/** Where the blob of a digest belongs; for an invalid digest, the manifest that references it. */
export function dataPath({ graph }: CheckContext, { parent, reply }: PullProblem): string {
  const blob = reply!.blob >= 0 ? reply!.blob : reply!.asked;
  return blobData(graph.digests.text(graph.digests.isDigest(blob) ? blob : parent));
}

/** Where the link to a problem's digest belongs. */
export function linkPath({ graph }: CheckContext, problem: PullProblem, kind: LinkKind): string {
  return linkFile(problem.repository.name, kind, graph.digests.text(problem.reply!.asked));
}
