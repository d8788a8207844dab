// Steps on what is in the blob store: bring a blob, or clear its place for whoever pushes it. Each is taken on paper at
// once, and gives whether it changes anything.

import { DiskState } from "../facts/facts.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import { blobData } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { Reply } from "../registry/serve/serve.ts";
import type { Availability } from "./available.ts";
import { foreignFacts } from "./sources.ts";
import { isManifest, type RepairContext } from "./step-list.ts";

/** Of what no descriptor gives the size of. */
const UNKNOWN_SIZE = Number.NaN;

export class BlobSteps {
  readonly #context: RepairContext;
  readonly #available: Availability;

  constructor(context: RepairContext, available: Availability) {
    this.#context = context;
    this.#available = available;
  }

  /** Steps on blobs are taken for the first image that wants them; the others are noted here. */
  noteTags({ asked, blob }: Reply, tags: readonly number[]): void {
    const { graph, steps } = this.#context;
    for (const digest of new Set([asked, blob])) {
      if (digest >= 0) steps.addTags(blobData(graph.digests.text(digest)), tags);
    }
  }

  /** Gets a blob that is not in the store, if another root has it; else clears its place for whoever pushes it. */
  bring(problem: PullProblem, digest: number): boolean {
    const { graph, view, sources, steps } = this.#context;
    if (view.blobState(digest) !== DiskState.absent) return this.clearPlace(problem, digest);
    const text = graph.digests.text(digest);
    const manifest = isManifest(view, problem) ? sources.findManifest(text) : undefined;
    const source = isManifest(view, problem) ? manifest : sources.findBlob(text, this.expectedSize(problem, digest));
    const path = blobData(text);
    if (!source || !steps.allows(path, problem.tags)) return false;
    const message = `copy the blob from ${source.root}, and check its hash`;
    steps.add({ kind: "copy", digest: text, path, size: source.size, from: source.root, message }, problem.tags);
    if (manifest) view.addManifest(digest, foreignFacts(manifest));
    view.addBlob(digest, source.size);
    return true;
  }

  /** Takes away what stands where a blob's data belongs and is none. */
  clearPlace({ tags }: PullProblem, digest: number): boolean {
    const { graph, view, steps } = this.#context;
    const state = view.blobState(digest);
    if (state === DiskState.notAFolder || state === DiskState.malformed) return this.clearStore(digest, tags);
    if (state !== DiskState.folder) return false;
    const text = graph.digests.text(digest);
    if (!steps.allows(blobData(text), tags)) return false;
    const message = "move the folder away that stands where the blob's data belongs";
    steps.add({ kind: "clean", digest: text, path: blobData(text), reason: "folder-for-blob", message }, tags);
    return view.removeBlob(digest);
  }

  clearStore(digest: number, tags: readonly number[]): boolean {
    const { graph, view, steps } = this.#context;
    const blocker = view.blockerOfBlob(digest);
    if (blocker && !graph.hasBlobFolder(digest)) return this.unblock(blocker.path, tags);
    const path = blobData(graph.digests.text(digest));
    if (!graph.hasBlobFolder(digest) || !steps.allows(path, tags)) return false;
    this.#addBlocker(path, tags);
    return view.removeBlob(digest);
  }

  unblock(path: string, tags: readonly number[], repository?: RepositoryNode): boolean {
    if (!this.#context.steps.allows(path, tags)) return false;
    this.#addBlocker(path, tags, repository);
    return this.#context.view.unblock(path);
  }

  #addBlocker(path: string, tags: readonly number[], repository?: RepositoryNode): void {
    const named = repository ? { repository: repository.name } : {};
    const message = "move away what stands where the registry wants a folder";
    this.#context.steps.add({ kind: "clean", ...named, path, reason: "blocked-folder", message }, tags);
  }

  removeCorrupt(digest: number, tags: readonly number[]): boolean {
    const { graph, view, steps } = this.#context;
    if (view.blobState(digest) !== DiskState.ok || !this.isCorrupt(digest)) return false;
    const text = graph.digests.text(digest);
    if (!steps.allows(blobData(text), tags)) return false;
    const message = "move the damaged file away: the registry would keep it whatever is pushed";
    steps.add({ kind: "clean", digest: text, path: blobData(text), reason: "corrupt-blob", message }, tags);
    return view.removeBlob(digest);
  }

  isCorrupt(digest: number): boolean {
    const { view } = this.#context;
    const manifest = view.manifests.find(digest);
    return view.isBlobCorrupt(digest) || (manifest >= 0 && view.manifests.isCorrupt(manifest));
  }

  checkContent(digest: number): void {
    const { graph, corrupt, isIntact } = this.#context;
    if (!corrupt.has(digest) && isIntact(graph.digests.text(digest)) === false) corrupt.add(digest);
  }

  /** The size that the reference says; NaN where it does not, or is about another blob. */
  expectedSize({ reference, digest }: PullProblem, blob: number): number {
    if (reference < 0 || (blob !== digest && !this.#available.isAlias(digest, blob))) return UNKNOWN_SIZE;
    return this.#context.view.manifests.targetSize(reference);
  }
}
