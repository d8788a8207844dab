// Pulls the images of one repository on paper: follows each manifest that it holds to all that it references.

import { DiskState, isBroken, Role } from "../../facts/facts.ts";
import type { ClosedParts } from "../../graph/closed-parts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import { isRepositoryName, isTagName } from "../../layout/names.ts";
import { BrokenPlatforms, type NamedChild } from "./broken-platforms.ts";
import { ChildNeeds, isStronger, type Need } from "./child-needs.ts";
import type { BrokenTag, Failure, PullProblem } from "./failure.ts";
import { type Held, TagsAbove, unwantedAmong } from "./held.ts";
import type { Pull, PullRules } from "./pull.ts";
import { ReferenceFailures } from "./reference-failures.ts";
import { isRefused, type Reply, serveBlob, serveManifest } from "./serve.ts";

/** A problem before it is known which tags it breaks: those that reach any of `hosts`. */
interface Draft {
  readonly failure: Failure;
  readonly digest: number;
  readonly parent: number;
  readonly reference: number;
  readonly need: Need;
  readonly reply: Reply | undefined;
  readonly hosts: Held[];
}

export class PullWalk {
  readonly #graph: GraphView;
  readonly #repository: RepositoryNode;
  readonly #needed: Pick<Pull, "neededLinks" | "referenced">;
  readonly #fetchesMissing: boolean;
  readonly #closed: ClosedParts | undefined;
  readonly #failures: ReferenceFailures;
  readonly #held: Held[] = [];
  readonly #byDigest = new Map<number, Held>();
  readonly #needs: ChildNeeds;
  readonly #drafts: Draft[] = [];
  readonly #brokenLayerLinks = new Map<number, Draft>();
  readonly #tagProblems: PullProblem[] = [];
  readonly #brokenTags = new Set<number>();

  constructor(
    graph: GraphView,
    repository: RepositoryNode,
    needed: Pick<Pull, "neededLinks" | "referenced">,
    { fetchesMissing, root, platforms, closed }: PullRules,
  ) {
    this.#graph = graph;
    this.#repository = repository;
    this.#needed = needed;
    this.#fetchesMissing = fetchesMissing;
    this.#closed = closed;
    this.#failures = new ReferenceFailures(graph, fetchesMissing);
    this.#needs = new ChildNeeds(graph, root, repository.name, platforms);
  }

  /** Walks the repository, once, and gives what is wrong in it. */
  *problems(): Generator<PullProblem> {
    for (const problem of this.#walk()) {
      for (const tag of problem.tags) this.#brokenTags.add(tag);
      yield problem;
    }
  }

  *#walk(): Generator<PullProblem> {
    this.#holdRevisions();
    this.#holdTags();
    for (let next = 0; next < this.#held.length; next++) this.#follow(this.#held[next]!);
    this.#addUnneededBrokenLinks();
    yield* this.#tagProblems;
    if (this.#drafts.length === 0) return;
    const above = new TagsAbove(this.#held);
    const unwanted = unwantedAmong(this.#held);
    for (const draft of this.#drafts) yield this.#settle(draft, above, unwanted);
  }

  /** The tags that the problems break, and for which platforms. To be asked when all problems were given. */
  brokenTags(): BrokenTag[] {
    const badManifests = new Set<Held>();
    const rejected = new Set<Held>();
    for (const { reference, digest, hosts } of this.#drafts) {
      const isChild = reference >= 0 && this.#graph.manifests.role(reference) === Role.child;
      if (!isChild) for (const host of hosts) badManifests.add(host);
      // The other draft without a reference is of a layer link, which is not what its hosts are asked for by.
      if (reference < 0) for (const host of hosts) if (host.digest === digest) rejected.add(host);
    }
    const platforms = new BrokenPlatforms(
      (held) => (rejected.has(held) ? [] : this.#namedChildren(held)),
      (held) => badManifests.has(held),
    );
    return [...this.#brokenTags]
      .sort((a, b) => a - b)
      .map((tag) => {
        const image = this.#byDigest.get(this.#graph.tags.target(tag));
        return { tag, platforms: image ? platforms.of(image) : [] };
      });
  }

  #holdRevisions(): void {
    const { revisions } = this.#graph;
    for (const link of this.#repository.revisions) {
      if (revisions.state(link) !== DiskState.absent) this.#hold(revisions.place(link));
    }
  }

  #holdTags(): void {
    const { tags } = this.#graph;
    const askable = isRepositoryName(this.#repository.name);
    for (const tag of this.#repository.tags) {
      const state = tags.state(tag);
      if (!askable || !isTagName(tags.name(tag))) {
        // Nobody can be refused it, so what is wrong with it is told as of a manifest without a tag.
        if (state === DiskState.ok) this.#hold(tags.target(tag));
        continue;
      }
      if (state === DiskState.absent) {
        if (!this.#fetchesMissing) this.#addTagProblem("dangling-tag", tag, undefined);
      } else if (isBroken(state)) this.#addTagProblem("broken-tag", tag, undefined);
      else if (state === DiskState.ok) {
        const held = this.#hold(tags.target(tag));
        held.tags.push(tag);
        this.#need(held.reply);
        if (this.#closed?.tags.has(tag)) this.#addTagProblem("closed", tag, undefined);
        if (this.#failures.isRefused(held.reply)) this.#addTagProblem("dangling-tag", tag, held.reply);
      }
    }
  }

  #hold(digest: number): Held {
    const known = this.#byDigest.get(digest);
    if (known) return known;
    const reply = serveManifest(this.#graph, this.#repository, digest, this.#closed);
    const held: Held = { digest, reply, parents: [], looseParents: [], tags: [] };
    this.#byDigest.set(digest, held);
    this.#held.push(held);
    this.#needed.referenced.set(digest, 1);
    if (held.reply.blob >= 0) this.#needed.referenced.set(held.reply.blob, 1);
    return held;
  }

  #need(reply: Reply): void {
    if (reply.link < 0) return;
    this.#needed.neededLinks[reply.kind].set(reply.link, 1);
  }

  #follow(held: Held): void {
    const { answer, blob } = held.reply;
    if (answer === "broken-link" && !isRefused(held.reply)) this.#addOwnProblem("broken-link", held);
    if (answer === "invalid") {
      const corrupt = this.#graph.manifests.isCorrupt(this.#graph.manifests.find(blob));
      this.#addOwnProblem(corrupt ? "wrong-content" : "invalid-manifest", held);
    }
    const manifest = blob < 0 ? -1 : this.#graph.manifests.find(blob);
    if (answer === "closed") this.#addOwnProblem("closed", held);
    // What the registry may not read still says what the image needs.
    if (answer !== "served" && (answer !== "closed" || manifest < 0)) return;
    const trusted = answer === "served" && blob === held.digest && !this.#graph.manifests.isCorrupt(manifest);
    if (!trusted && answer === "served") this.#addOwnProblem("wrong-content", held);
    // One problem a target: an index may name a child for several platforms, an image a layer several times.
    const failing = new Map<number, number>();
    for (const reference of this.#graph.manifests.references(manifest)) {
      const target = this.#graph.manifests.target(reference);
      this.#needed.referenced.set(target, 1);
      const isChild = this.#graph.manifests.role(reference) === Role.child;
      const child = isChild ? this.#hold(target) : undefined;
      const reply = child?.reply ?? serveBlob(this.#graph, this.#repository, target, this.#closed);
      const need = this.#needs.of(reference);
      if (need === "required") child?.parents.push({ held, reference });
      else child?.looseParents.push({ held, reference, need });
      this.#need(reply);
      this.#needed.referenced.set(reply.asked, 1);
      if (reply.blob >= 0) this.#needed.referenced.set(reply.blob, 1);
      // A client never gets as far as what a manifest that it rejects references.
      if (!trusted) continue;
      const failure = isChild ? this.#failures.ofChild(reference, reply) : this.#failures.ofBlob(reference, reply);
      if (failure === undefined) continue;
      if (failure === "broken-link") {
        if (!failing.has(target)) this.#addBrokenLayerLink(reply, held);
        failing.set(target, -1);
        continue;
      }
      const draft: Draft = { failure, digest: target, parent: held.digest, reference, need, reply, hosts: [held] };
      const known = failing.get(target);
      if (known === undefined) failing.set(target, this.#drafts.push(draft) - 1);
      else if (known >= 0 && isStronger(need, this.#drafts[known]!.need)) this.#drafts[known] = draft;
    }
  }

  #addOwnProblem(failure: Failure, held: Held): void {
    const { digest, reply } = held;
    this.#drafts.push({ failure, digest, ...NO_REFERENCE, reply, hosts: [held] });
  }

  #addBrokenLayerLink(reply: Reply, host: Held): void {
    const known = this.#brokenLayerLinks.get(reply.link);
    if (known) known.hosts.push(host);
    else {
      const draft: Draft = { failure: "broken-link", digest: reply.asked, ...NO_REFERENCE, reply, hosts: [host] };
      this.#brokenLayerLinks.set(reply.link, draft);
      this.#drafts.push(draft);
    }
  }

  #addUnneededBrokenLinks(): void {
    const { layerLinks } = this.#graph;
    for (const link of this.#repository.layerLinks) {
      if (!isBroken(layerLinks.state(link)) || this.#brokenLayerLinks.has(link)) continue;
      const digest = layerLinks.place(link);
      // A manifest that is linked only here has been met already, as a manifest.
      if (this.#byDigest.get(digest)?.reply.link === link && this.#byDigest.get(digest)?.reply.kind === "layer")
        continue;
      const reply: Reply = { answer: "broken-link", link, kind: "layer", asked: digest, blob: -1 };
      this.#drafts.push({ failure: "broken-link", digest, ...NO_REFERENCE, reply, hosts: [] });
    }
  }

  #addTagProblem(failure: Failure, tag: number, reply: Reply | undefined): void {
    this.#tagProblems.push({
      failure,
      repository: this.#repository,
      digest: this.#graph.tags.target(tag),
      parent: -1,
      reference: -1,
      reply,
      tag,
      platform: undefined,
      isUnwanted: false,
      tags: [tag],
    });
  }

  #settle(draft: Draft, above: TagsAbove, unwanted: ReadonlySet<Held>): PullProblem {
    // Each field by name: there may be a million.
    const { failure, digest, parent, reference, need, reply, hosts } = draft;
    const tags = need === "required" ? tagsOf(hosts, above) : NO_TAGS;
    const platform =
      (reference >= 0 ? this.#graph.manifests.platform(reference) : undefined) ??
      (hosts.length === 1 ? this.#platformOf(hosts[0]!) : undefined);
    const isUnwanted = need === "unwanted" || (hosts.length > 0 && hosts.every((host) => unwanted.has(host)));
    const repository = this.#repository;
    return { failure, repository, digest, parent, reference, reply, tag: -1, platform, isUnwanted, tags };
  }

  /** The platform under which an index names this manifest, where one does. */
  #platformOf(held: Held): string | undefined {
    for (const parents of [held.parents, held.looseParents]) {
      for (const { reference } of parents) {
        const platform = this.#graph.manifests.platform(reference);
        if (platform !== undefined) return platform;
      }
    }
    return undefined;
  }

  /** Those that a pull needs. */
  #namedChildren(held: Held): NamedChild[] {
    if (held.reply.answer !== "served") return [];
    const { manifests } = this.#graph;
    const manifest = manifests.find(held.reply.blob);
    const children: NamedChild[] = [];
    for (const reference of manifests.references(manifest)) {
      if (manifests.role(reference) !== Role.child || this.#needs.of(reference) !== "required") continue;
      const child = this.#byDigest.get(manifests.target(reference))!;
      const isFailing = this.#failures.ofChild(reference, child.reply) !== undefined;
      children.push({ held: child, platform: manifests.platform(reference), isFailing });
    }
    return children;
  }
}

/** Of a problem that is not about a reference. */
const NO_REFERENCE = { parent: -1, reference: -1, need: "required" } as const;

const NO_TAGS: readonly number[] = [];

/** The tags at or above any of the manifests. */
function tagsOf(hosts: readonly Held[], above: TagsAbove): readonly number[] {
  if (hosts.length === 0) return NO_TAGS;
  if (hosts.length === 1) return above.of(hosts[0]!);
  const [first, ...others] = new Set(hosts.map((host) => above.of(host)));
  return others.length === 0 ? first! : sortedUnion([first!, ...others]);
}

function sortedUnion(lists: readonly (readonly number[])[]): number[] {
  const all = new Set<number>();
  for (const list of lists) for (const number of list) all.add(number);
  return [...all].sort((a, b) => a - b);
}
