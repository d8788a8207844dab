// Steps that bring an image back which no tag leads to any more: its links as a push writes them, then its tag.
import { UsageError } from "../contract/errors.ts";
import type { Entries } from "../facts/entries.ts";
import { DiskState } from "../facts/facts.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { blobData, type LinkKind, linkFile, tagCurrent, tagFolder } from "../layout/paths.ts";
import { StepList } from "./step-list.ts";
import type { PlanStep, RelinkStep } from "./steps.ts";

/** An image to be brought back, all of which is in the store. */
export interface Restore {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** Its manifests, each with the configs and layers that it has here. */
  readonly manifests: ReadonlyMap<string, readonly string[]>;
}

/**
 * The links that are missing or malformed. Throws a UsageError where the tag names something else, or where the script must
 * not write.
 */
export function restoreSteps(root: string, graph: RootGraph, entries: Entries, restore: Restore): RelinkStep[] {
  return [...new Restoring(root, graph, entries, restore).steps()];
}

/** The steps of a plan and those that restore images: nothing that these write is moved away. */
export function withRestores(steps: readonly PlanStep[], restores: readonly RelinkStep[]): PlanStep[] {
  const key = ({ root, path }: { readonly root: string; readonly path: string }) => `${root}\0${path}`;
  const written = new Set(restores.map(key));
  return [...steps.filter((step) => !("path" in step) || !written.has(key(step))), ...restores];
}

class Restoring {
  readonly #root: string;
  readonly #graph: RootGraph;
  readonly #allowed: StepList;
  readonly #restore: Restore;
  readonly #image: string;

  constructor(root: string, graph: RootGraph, entries: Entries, restore: Restore) {
    this.#root = root;
    this.#graph = graph;
    this.#allowed = new StepList(root, graph, entries);
    this.#restore = restore;
    this.#image = `${restore.repository}:${restore.tag}`;
  }

  *steps(): Generator<RelinkStep> {
    const { repository, tag, digest, manifests } = this.#restore;
    for (const [manifest, blobs] of manifests) {
      for (const blob of new Set(blobs)) yield* this.#link("layer", blob);
      yield* this.#link("revision", manifest);
    }
    const { current, history } = this.#tagBefore();
    const hex = digest.replace(":", "/");
    if (!history)
      yield this.#step(`${tagFolder(repository, tag)}/index/${hex}/link`, digest, "absent", "the tag's history");
    if (current !== digest) yield this.#step(tagCurrent(repository, tag), digest, current, "the tag");
  }

  *#link(kind: LinkKind, digest: string): Generator<RelinkStep> {
    const { repository } = this.#restore;
    const path = linkFile(repository, kind, digest);
    const before = this.#linkBefore(kind, digest, path);
    if (before !== digest) yield this.#step(path, digest, before, `the ${kind} link`);
  }

  #linkBefore(kind: LinkKind, digest: string, path: string): string {
    const node = this.#graph.findRepository(this.#restore.repository);
    if (!node) return "absent";
    const links = this.#graph.links(kind);
    const id = this.#graph.digests.find(digest);
    const link = id < 0 ? -1 : links.find(node.index, id);
    const state = link < 0 ? DiskState.absent : links.state(link);
    if (state === DiskState.ok) return this.#graph.digests.text(links.target(link));
    if (state === DiskState.unreadable) throw new UsageError(`--restore ${this.#image}: ${path} could not be read`);
    return state === DiskState.absent ? "absent" : "malformed";
  }

  /** What the tag's link holds now, and whether its history has the digest. */
  #tagBefore(): { current: string; history: boolean } {
    const { repository, tag, digest } = this.#restore;
    const { tags, digests } = this.#graph;
    for (const number of this.#graph.findRepository(repository)?.tags ?? []) {
      if (tags.name(number) !== tag) continue;
      const history = tags.history(number).some((past) => digests.text(past) === digest);
      const target = tags.target(number);
      if (target >= 0 && digests.text(target) !== digest) {
        throw new UsageError(
          `--restore ${this.#image}: the tag names ${digests.text(target)}; restore it under another tag`,
        );
      }
      const state = tags.state(number);
      return { current: target >= 0 ? digest : state === DiskState.absent ? "absent" : "malformed", history };
    }
    return { current: "absent", history: false };
  }

  #step(path: string, content: string, before: string, what: string): RelinkStep {
    if (!this.#allowed.allows(path)) {
      throw new UsageError(`--restore ${this.#image}: a symbolic link or a strange name is on the way to ${path}`);
    }
    const isManifest = this.#restore.manifests.has(content);
    return {
      kind: "relink",
      root: this.#root,
      repository: this.#restore.repository,
      path,
      content,
      before,
      blob: {
        path: blobData(content),
        size: this.#graph.blobSize(this.#graph.digests.find(content)),
        hash: isManifest,
      },
      restores: this.#image,
      message: `write ${what}: all that it leads to is there`,
      affects: [],
      fixes: [],
    };
  }
}
