// One problem that a client runs into, and the next step towards its end. Each step is taken on paper at once, and the
// images are pulled again: what lay behind the problem shows then.

import { DiskState } from "../facts/facts.ts";
import type { LinkKind } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { Pull } from "../registry/serve/pull.ts";
import type { Reply } from "../registry/serve/serve.ts";
import { Availability } from "./available.ts";
import { BlobSteps } from "./blob-steps.ts";
import { LinkSteps } from "./link-steps.ts";
import { isManifest, type RepairContext } from "./step-list.ts";

export class Repair {
  readonly #context: RepairContext;
  readonly #available: Availability;
  readonly #blobs: BlobSteps;
  readonly #links: LinkSteps;

  constructor(context: RepairContext) {
    this.#context = context;
    this.#available = new Availability(context.graph, context.view, context.sources);
    this.#blobs = new BlobSteps(context, this.#available);
    this.#links = new LinkSteps(context);
  }

  /** Takes the next step against a problem of this pull; gives whether there was one that changes anything. */
  take(problem: PullProblem, pull: Pull): boolean {
    const { reply, failure } = problem;
    if (!reply || !this.#context.graph.digests.isDigest(reply.asked)) return false;
    this.#blobs.noteTags(reply, problem.tags);
    switch (failure) {
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

  #takeRefused(problem: PullProblem, reply: Reply): boolean {
    const { view } = this.#context;
    const { repository, tags } = problem;
    switch (reply.answer) {
      case "broken-link": {
        const blocker = view.blockerOfLink(repository, reply.kind, reply.asked);
        return blocker !== undefined && this.#blobs.unblock(blocker.path, tags, repository);
      }
      case "broken-store":
        return this.#blobs.clearStore(reply.blob, tags);
      case "no-data": {
        const isAlias = reply.kind === "layer" && this.#available.isAlias(reply.asked, reply.blob);
        if (reply.blob !== reply.asked && !isAlias) return this.#correctLink(problem, reply.kind, reply.asked);
        return this.#blobs.bring(problem, reply.blob);
      }
      case "not-linked":
        return isManifest(this.#context.view, problem)
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
      return this.#links.relink(problem, "revision", digest);
    }
    if (view.blobState(digest) !== DiskState.ok) {
      if (!this.#available.isUseful(problem.repository, graph.digests.text(digest)))
        return this.#blobs.clearPlace(problem, digest);
      return this.#blobs.bring(problem, digest);
    }
    return this.#blobs.isCorrupt(digest) && this.#blobs.removeCorrupt(digest, problem.tags);
  }

  #linkBlob(problem: PullProblem, digest: number): boolean {
    const { graph, view } = this.#context;
    if (view.blobState(digest) !== DiskState.ok) return this.#blobs.bring(problem, digest);
    const expected = this.#blobs.expectedSize(problem, digest);
    const isUndecodable = !Number.isNaN(expected) && expected !== view.blobSize(digest);
    if (isUndecodable) this.#blobs.checkContent(digest);
    if (view.isBlobCorrupt(digest)) return this.#blobs.removeCorrupt(digest, problem.tags);
    return graph.digests.isDigest(digest) && this.#links.relink(problem, "layer", digest);
  }

  #takeWrongSize(problem: PullProblem, reply: Reply): boolean {
    // An index that is wrong about the size of its child cannot be fixed: what it says is part of its digest.
    if (isManifest(this.#context.view, problem)) return false;
    this.#blobs.checkContent(reply.blob);
    return this.#context.view.isBlobCorrupt(reply.blob) && this.#blobs.removeCorrupt(reply.blob, problem.tags);
  }

  #takeWrongContent(problem: PullProblem, reply: Reply): boolean {
    const { view } = this.#context;
    const { digest } = problem;
    const isAlias = reply.kind === "layer" && this.#available.isAlias(digest, reply.blob);
    if (reply.blob === digest || (isAlias && !isManifest(view, problem)))
      return this.#blobs.removeCorrupt(reply.blob, problem.tags);
    const link = view.links(reply.kind).find(problem.repository.index, digest);
    const target = link < 0 ? -1 : view.links(reply.kind).target(link);
    const isAliasOf = target >= 0 && target !== digest && this.#available.isAlias(digest, target);
    return this.#correctLink(problem, reply.kind, isAliasOf && reply.kind === "layer" ? target : digest);
  }

  /** A link that holds the wrong digest. */
  #correctLink(problem: PullProblem, kind: LinkKind, place: number): boolean {
    const { view } = this.#context;
    const wantsManifest = isManifest(view, problem);
    const isGood = wantsManifest ? this.#available.isGoodManifest(place) : this.#available.isGoodBlob(place);
    if (isGood) return this.#links.relink(problem, kind, place);
    if (view.blobState(place) === DiskState.ok && this.#blobs.isCorrupt(place))
      return this.#blobs.removeCorrupt(place, problem.tags);
    // Nobody read it as a manifest, so nothing wants it: it is left as it is.
    if (wantsManifest && view.blobState(place) === DiskState.ok && view.manifests.find(place) < 0) return false;
    return this.#blobs.bring(problem, place) || this.#links.removeLink(problem, kind, place);
  }

  #takeInvalid(problem: PullProblem, reply: Reply): boolean {
    if (reply.blob !== reply.asked && this.#available.isGoodManifest(reply.asked)) {
      return this.#links.relink(problem, reply.kind, reply.asked);
    }
    // Among the layers it may well be what an image wants: a config is no manifest, and not invalid for that.
    return reply.kind === "revision" && this.#links.removeLink(problem, "revision", reply.asked);
  }

  #takeBrokenLink(problem: PullProblem, reply: Reply, pull: Pull): boolean {
    const { kind, asked: place, link } = reply;
    const isNeeded = pull.neededLinks[kind].at(link) === 1;
    const isRevision = kind === "revision";
    const isGood = isRevision ? this.#available.isGoodManifest(place) : this.#available.isGoodBlob(place);
    if (isGood && (isNeeded || isRevision)) return this.#links.relink(problem, kind, place);
    return this.#links.removeLink(problem, kind, place);
  }
}
