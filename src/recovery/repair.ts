// One problem that a client runs into, and the next step towards its end. Each step is taken on paper at once, and the
// images are pulled again: what lay behind the problem shows then.
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import { blobData, type LinkKind, linkFile } from "../layout/paths.ts";
import type { Pull } from "../registry/pull.ts";
import type { Reply } from "../registry/serve.ts";
import type { PullProblem } from "../registry/trouble.ts";
import { DiskState, Role } from "../scan/facts.ts";
import { Availability } from "./available.ts";
import type { MendedGraph } from "./mended-graph.ts";
import { foreignFacts, type Sources } from "./sources.ts";
import type { StepList } from "./step-list.ts";

/** Manifests are small: they are hashed before a link to them is written. */
const UNKNOWN_SIZE = Number.NaN;

export interface RepairContext {
  readonly graph: RootGraph;
  readonly view: MendedGraph;
  readonly sources: Sources;
  readonly steps: StepList;
  /** Blobs found rotten besides those that the graph knows; grows. */
  readonly rotten: Set<number>;
  /** Hashes a blob of this root: whether it is what its digest says; undefined where it cannot be read. */
  readonly isIntact: (digest: string) => boolean | undefined;
}

export class Repair {
  readonly #context: RepairContext;
  readonly #available: Availability;

  constructor(context: RepairContext) {
    this.#context = context;
    this.#available = new Availability(context.graph, context.view, context.sources);
  }

  /** Takes the next step against a problem of this pull; gives whether there was one that changes anything. */
  take(problem: PullProblem, pull: Pull): boolean {
    const { reply, trouble } = problem;
    if (!reply || !this.#context.graph.digests.isDigest(reply.asked)) return false;
    this.#noteTags(reply, problem.tags);
    switch (trouble) {
      case "refused-reference":
      case "dangling-tag":
        return this.#takeRefused(problem, reply);
      case "wrong-size":
        return this.#takeWrongSize(problem, reply);
      case "wrong-content":
        return this.#takeWrongContent(problem, reply);
      case "invalid-manifest":
        return this.#takeInvalid(problem, reply);
      case "broken-link":
        return this.#takeBrokenLink(problem, reply, pull);
      default:
        return false;
    }
  }

  /** Steps on blobs are taken for the first image that wants them; the others are noted here. */
  #noteTags({ asked, blob }: Reply, tags: readonly number[]): void {
    const { graph, steps } = this.#context;
    for (const digest of new Set([asked, blob])) {
      if (digest >= 0) steps.addTags(blobData(graph.digests.text(digest)), tags);
    }
  }

  #takeRefused(problem: PullProblem, reply: Reply): boolean {
    const { view } = this.#context;
    const { repository, tags } = problem;
    switch (reply.answer) {
      case "broken-link": {
        const blocker = view.blockerOfLink(repository, reply.kind, reply.asked);
        return blocker !== undefined && this.#unblock(blocker.path, tags, repository);
      }
      case "broken-store":
        return this.#clearStore(reply.blob, tags);
      case "no-data": {
        const isAlias = reply.kind === "layer" && this.#available.isAlias(reply.asked, reply.blob);
        if (reply.blob !== reply.asked && !isAlias) return this.#correctLink(problem, reply.kind, reply.asked);
        return this.#bring(problem, reply.blob);
      }
      case "not-linked":
        return isManifest(this.#context.graph, problem)
          ? this.#linkManifest(problem, reply.asked)
          : this.#linkBlob(problem, reply.asked);
      default:
        return false;
    }
  }

  #linkManifest(problem: PullProblem, digest: number): boolean {
    const { graph, view } = this.#context;
    if (this.#available.isGoodManifest(digest)) {
      if (!this.#available.isUseful(problem.repository, graph.digests.text(digest))) return false;
      return this.#relink(problem, "revision", digest);
    }
    if (view.blobState(digest) !== DiskState.ok) {
      if (!this.#available.isUseful(problem.repository, graph.digests.text(digest)))
        return this.#clearPlace(problem, digest);
      return this.#bring(problem, digest);
    }
    return this.#isRotten(digest) && this.#removeRotten(digest, problem.tags);
  }

  #linkBlob(problem: PullProblem, digest: number): boolean {
    const { graph, view } = this.#context;
    if (view.blobState(digest) !== DiskState.ok) return this.#bring(problem, digest);
    const expected = this.#expectedSize(problem, digest);
    const isOdd = !Number.isNaN(expected) && expected !== view.blobSize(digest);
    if (isOdd) this.#checkContent(digest);
    if (view.isBlobRotten(digest)) return this.#removeRotten(digest, problem.tags);
    return graph.digests.isDigest(digest) && this.#relink(problem, "layer", digest);
  }

  /** Gets a blob that is not in the store, if another root has it; else clears its place for whoever pushes it. */
  #bring(problem: PullProblem, digest: number): boolean {
    const { graph, view, sources, steps } = this.#context;
    if (view.blobState(digest) !== DiskState.absent) return this.#clearPlace(problem, digest);
    const text = graph.digests.text(digest);
    const manifest = isManifest(graph, problem) ? sources.findManifest(text) : undefined;
    const source = isManifest(graph, problem) ? manifest : sources.findBlob(text, this.#expectedSize(problem, digest));
    if (!source) return false;
    const path = blobData(text);
    const message = `copy the blob from ${source.root}, and check its hash`;
    steps.add({ kind: "copy", digest: text, path, size: source.size, from: source.root, message }, problem.tags);
    if (manifest) graph.addManifests([digest], foreignFacts(manifest));
    view.addBlob(digest, source.size);
    return true;
  }

  /** Takes away what stands where a blob's data belongs and is none. */
  #clearPlace({ tags }: PullProblem, digest: number): boolean {
    const { graph, view, steps } = this.#context;
    const state = view.blobState(digest);
    if (state === DiskState.notAFolder || state === DiskState.malformed) return this.#clearStore(digest, tags);
    if (state !== DiskState.folder) return false;
    const text = graph.digests.text(digest);
    const message = "move the folder away that stands where the blob's data belongs";
    steps.add({ kind: "clean", digest: text, path: blobData(text), reason: "folder-for-blob", message }, tags);
    return view.removeBlob(digest);
  }

  #clearStore(digest: number, tags: readonly number[]): boolean {
    const { graph, view } = this.#context;
    const blocker = view.blockerOfBlob(digest);
    if (blocker && !graph.hasBlobFolder(digest)) return this.#unblock(blocker.path, tags);
    if (!graph.hasBlobFolder(digest)) return false;
    this.#addBlocker(blobData(graph.digests.text(digest)), tags);
    return view.removeBlob(digest);
  }

  #unblock(path: string, tags: readonly number[], repository?: RepositoryNode): boolean {
    this.#addBlocker(path, tags, repository);
    return this.#context.view.unblock(path);
  }

  #addBlocker(path: string, tags: readonly number[], repository?: RepositoryNode): void {
    const named = repository ? { repository: repository.name } : {};
    const message = "move away what stands where the registry wants a folder";
    this.#context.steps.add({ kind: "clean", ...named, path, reason: "blocked-folder", message }, tags);
  }

  #takeWrongSize(problem: PullProblem, reply: Reply): boolean {
    // An index that is wrong about the size of its child cannot be mended: what it says is part of its digest.
    if (isManifest(this.#context.graph, problem)) return false;
    this.#checkContent(reply.blob);
    return this.#context.view.isBlobRotten(reply.blob) && this.#removeRotten(reply.blob, problem.tags);
  }

  #takeWrongContent(problem: PullProblem, reply: Reply): boolean {
    const { graph, view } = this.#context;
    const { digest } = problem;
    const isAlias = reply.kind === "layer" && this.#available.isAlias(digest, reply.blob);
    if (reply.blob === digest || (isAlias && !isManifest(graph, problem)))
      return this.#removeRotten(reply.blob, problem.tags);
    const link = view.links(reply.kind).find(problem.repository.index, digest);
    const target = link < 0 ? -1 : view.links(reply.kind).target(link);
    const isAliasOf = target >= 0 && target !== digest && this.#available.isAlias(digest, target);
    return this.#correctLink(problem, reply.kind, isAliasOf && reply.kind === "layer" ? target : digest);
  }

  /** A link that holds the wrong digest. */
  #correctLink(problem: PullProblem, kind: LinkKind, place: number): boolean {
    const { graph, view } = this.#context;
    const wantsManifest = isManifest(graph, problem);
    const isGood = wantsManifest ? this.#available.isGoodManifest(place) : this.#available.isGoodBlob(place);
    if (isGood) return this.#relink(problem, kind, place);
    if (view.blobState(place) === DiskState.ok && this.#isRotten(place)) return this.#removeRotten(place, problem.tags);
    // Nobody read it as a manifest, so nothing wants it: it is left as it is.
    if (wantsManifest && view.blobState(place) === DiskState.ok && graph.manifests.find(place) < 0) return false;
    return this.#bring(problem, place) || this.#removeLink(problem, kind, place);
  }

  #takeInvalid(problem: PullProblem, reply: Reply): boolean {
    if (reply.blob !== reply.asked && this.#available.isGoodManifest(reply.asked)) {
      return this.#relink(problem, reply.kind, reply.asked);
    }
    // Among the layers it may well be what an image wants: a config is no manifest, and not invalid for that.
    return reply.kind === "revision" && this.#removeLink(problem, "revision", reply.asked);
  }

  #takeBrokenLink(problem: PullProblem, reply: Reply, pull: Pull): boolean {
    const { kind, asked: place, link } = reply;
    const isNeeded = (kind === "layer" ? pull.neededLayerLinks : pull.neededRevisions).at(link) === 1;
    const isRevision = kind === "revision";
    const isGood = isRevision ? this.#available.isGoodManifest(place) : this.#available.isGoodBlob(place);
    if (isGood && (isNeeded || isRevision)) return this.#relink(problem, kind, place);
    return this.#removeLink(problem, kind, place);
  }

  #relink({ repository, tags }: PullProblem, kind: LinkKind, place: number): boolean {
    const { graph, view, steps } = this.#context;
    const content = graph.digests.text(place);
    const links = kind === "layer" ? graph.layerLinks : graph.revisions;
    const link = links.find(repository.index, place);
    const state = link < 0 ? DiskState.absent : links.state(link);
    if (state === DiskState.unreadable) return false;
    const before =
      state === DiskState.absent
        ? "absent"
        : state === DiskState.ok
          ? graph.digests.text(links.target(link))
          : "malformed";
    const did = before === "absent" ? "write the" : "correct the";
    steps.add(
      {
        kind: "relink",
        repository: repository.name,
        path: linkFile(repository.name, kind, content),
        content,
        before,
        blob: { path: blobData(content), size: view.blobSize(place), hash: kind === "revision" },
        message: `${did} ${kind} link: all that it leads to is there`,
      },
      tags,
    );
    return view.setLink(repository, kind, place, place);
  }

  #removeLink({ repository, tags }: PullProblem, kind: LinkKind, place: number): boolean {
    const { graph, view, steps } = this.#context;
    const digest = graph.digests.text(place);
    const links = kind === "layer" ? graph.layerLinks : graph.revisions;
    const link = links.find(repository.index, place);
    if (link < 0 || links.state(link) === DiskState.unreadable || links.state(link) === DiskState.absent) return false;
    const named = { repository: repository.name, digest, path: linkFile(repository.name, kind, digest) };
    if (links.state(link) === DiskState.ok) {
      const content = graph.digests.text(links.target(link));
      const message = `move the ${kind} link away: what it leads to is of no use`;
      steps.add({ kind: "clean", ...named, reason: "useless-link", content, message }, tags);
    } else {
      const message = `move the malformed ${kind} link away`;
      steps.add({ kind: "clean", ...named, reason: "malformed-link", message }, tags);
    }
    return view.removeLink(repository, kind, place);
  }

  #removeRotten(digest: number, tags: readonly number[]): boolean {
    const { graph, view, steps } = this.#context;
    if (view.blobState(digest) !== DiskState.ok || !this.#isRotten(digest)) return false;
    const text = graph.digests.text(digest);
    const message = "move the damaged file away: the registry would keep it whatever is pushed";
    steps.add({ kind: "clean", digest: text, path: blobData(text), reason: "rotten-blob", message }, tags);
    return view.removeBlob(digest);
  }

  #isRotten(digest: number): boolean {
    const { graph, view } = this.#context;
    const manifest = graph.manifests.find(digest);
    return view.isBlobRotten(digest) || (manifest >= 0 && graph.manifests.isRotten(manifest));
  }

  #checkContent(digest: number): void {
    const { graph, rotten, isIntact } = this.#context;
    if (!rotten.has(digest) && isIntact(graph.digests.text(digest)) === false) rotten.add(digest);
  }

  /** The size that the reference says; NaN where it does not, or is about another blob. */
  #expectedSize({ reference, digest }: PullProblem, blob: number): number {
    if (reference < 0 || (blob !== digest && !this.#available.isAlias(digest, blob))) return UNKNOWN_SIZE;
    return this.#context.graph.manifests.targetSize(reference);
  }
}

/** Whether what is asked for is a manifest, not a config or layer. */
function isManifest({ manifests }: RootGraph, { reference }: PullProblem): boolean {
  return reference < 0 || manifests.role(reference) === Role.child;
}
