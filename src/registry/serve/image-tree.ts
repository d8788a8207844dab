// One image as a tree: each part that a client asks for, in the order in which manifests name them, with what the
// registry answers. A list with depths, since whoever pushes chooses how deep indexes nest.

import { Role } from "../../facts/facts.ts";
import type { ClosedParts } from "../../graph/closed-parts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { ChildNeeds, isStronger, type Need } from "./child-needs.ts";
import type { Failure, PullProblem } from "./failure.ts";
import type { PullRules } from "./pull.ts";
import { type Answer, type Reply, serveBlob, serveManifest } from "./serve.ts";

export interface ImagePart {
  /** 0 for the manifest that the image is. */
  readonly depth: number;
  /** The digest by which it is asked for. */
  readonly digest: number;
  /** The manifest that names it, by the digest that it is asked for, and the reference's number; -1 for the image itself. */
  readonly parent: number;
  readonly reference: number;
  /** How much a pull needs it, or what it is a part of. */
  readonly need: Need;
  /** What it is to its parent; undefined for the image itself. */
  readonly role: Role | undefined;
  readonly reply: Reply;
  /** The manifest that was read: what is served, or would be if it were linked; -1 where there is none. */
  readonly manifest: number;
  /** What a client runs into here. */
  readonly failure: Failure | undefined;
  /** Whether a client that pulls the image gets so far as to ask for it. */
  readonly isReached: boolean;
  /** Whether its own parts stand further up already, below the same digest. */
  readonly isRepeated: boolean;
}

/**
 * The image with this manifest. `problems` are those of pulling its repository by the rules.
 * Linear in the references.
 */
export function imageParts(
  graph: GraphView,
  repository: RepositoryNode,
  digest: number,
  problems: Iterable<PullProblem>,
  rules: PullRules,
): ImagePart[] {
  const needs = new ChildNeeds(graph, rules.root, repository.name, rules.platforms);
  const failures = new Failures(problems);
  const parts: ImagePart[] = [];
  const expanded: Expanded = { reached: new Map(), unreached: new Map() };
  const first: Step = { depth: 0, digest, parent: -1, reference: -1, need: "required", isReached: true };
  const stack = [first];
  for (let step = stack.pop(); step; step = stack.pop()) {
    const part = partOf({ graph, repository, closed: rules.closed }, step, failures, expanded);
    parts.push(part);
    if (part.isRepeated || part.manifest < 0 || !graph.manifests.isParsed(part.manifest)) continue;
    (part.isReached ? expanded.reached : expanded.unreached).set(part.digest, part.need);
    const isReached = part.isReached && isUsable(part);
    // The last is pushed first, so that the first is taken first.
    const { first, end } = graph.manifests.references(part.manifest);
    for (let reference = end - 1; reference >= first; reference--) {
      const need = part.need === "required" ? needs.of(reference) : part.need;
      const below = { parent: part.digest, reference, need, isReached, depth: part.depth + 1 };
      stack.push({ ...below, digest: graph.manifests.target(reference) });
    }
  }
  return parts;
}

/** How much a pull of the image needs this part of it. */
export function needOfPart(
  graph: GraphView,
  repository: RepositoryNode,
  image: number,
  part: number,
  rules: PullRules,
): Need {
  const needs = imageParts(graph, repository, image, [], rules).flatMap(({ digest, need }) =>
    digest === part ? need : [],
  );
  return needs.reduce((strongest, need) => (isStronger(need, strongest) ? need : strongest), needs[0] ?? "required");
}

/** The HTTP status of an answer; undefined where nobody can ask, or nothing can be said. */
export function statusOf(answer: Answer): 200 | 404 | 500 | undefined {
  switch (answer) {
    case "served":
      return 200;
    case "not-linked":
    case "no-data":
      return 404;
    case "broken-link":
    case "broken-store":
    case "invalid":
    case "closed":
      return 500;
    default:
      return undefined;
  }
}

/** The manifests whose parts were met, and how much they were needed there. */
interface Expanded {
  readonly reached: Map<number, Need>;
  readonly unreached: Map<number, Need>;
}

type Step = Pick<ImagePart, "depth" | "digest" | "parent" | "reference" | "need" | "isReached">;

interface Served {
  readonly graph: GraphView;
  readonly repository: RepositoryNode;
  readonly closed: ClosedParts | undefined;
}

function partOf(
  { graph, repository, closed }: Served,
  step: Step,
  failures: Failures,
  { reached, unreached }: Expanded,
): ImagePart {
  const role = step.reference < 0 ? undefined : graph.manifests.role(step.reference);
  const isBlob = role === Role.config || role === Role.layer;
  const reply = (isBlob ? serveBlob : serveManifest)(graph, repository, step.digest, closed);
  const manifest = isBlob ? -1 : graph.manifests.find(reply.blob >= 0 ? reply.blob : step.digest);
  const failure = step.isReached ? failures.of(step) : undefined;
  // What was met below a manifest that no client reads, or needs less, is shown again where one does get to it.
  const isIn = (expanded: ReadonlyMap<number, Need>) => {
    const known = expanded.get(step.digest);
    return known !== undefined && !isStronger(step.need, known);
  };
  const isKnown = isIn(reached) || (!step.isReached && isIn(unreached));
  return { ...step, role, reply, manifest, failure, isRepeated: !isBlob && isKnown };
}

/** Whether a client reads on in this manifest. */
function isUsable({ reply, failure }: ImagePart): boolean {
  return reply.answer === "served" && failure === undefined;
}

/** The failures of a repository by what is asked for, and by whom. */
class Failures {
  readonly #byReference = new Map<string, Failure>();
  readonly #byDigest = new Map<number, Failure>();

  constructor(problems: Iterable<PullProblem>) {
    for (const { failure, parent, digest, reference, tag } of problems) {
      if (tag >= 0) continue;
      if (reference >= 0) this.#byReference.set(`${parent} ${digest}`, failure);
      else this.#byDigest.set(digest, failure);
    }
  }

  /** What is wrong with how it is named beats what is wrong with the thing itself. */
  of({ parent, digest }: Step): Failure | undefined {
    return this.#byReference.get(`${parent} ${digest}`) ?? this.#byDigest.get(digest);
  }
}
