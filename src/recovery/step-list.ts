// What the steps against problems of one root share: what they look at, and the list that holds each once, with all images that
// need it.
import { imageName } from "../checks/index.ts";
import type { Entries } from "../facts/entries.ts";
import { Role } from "../facts/facts.ts";
import type { GraphOverlay, GraphView } from "../graph/overlay.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { Sources } from "./sources.ts";
import type { PlanStep, ScriptedStep } from "./steps.ts";

type Draft<S> = S extends PlanStep ? Omit<S, "root" | "affects" | "fixes"> : never;

interface DraftOfTags {
  readonly draft: Draft<ScriptedStep>;
  readonly tags: Set<number>;
}

/** Why the script must not touch a path, and a person has to. */
export type Obstacle =
  /** Its name is not UTF-8, so that a script could not name it. */
  | "not-utf8"
  /** It is, or is reached through, a symbolic link. */
  | "symlink"
  /** A symbolic link leads to it, or to a folder above it: what is wrong here may be right there. */
  | "alias"
  /** The system does not say what is there. */
  | "unknown";

export class StepList {
  readonly #root: string;
  readonly #graph: RootGraph;
  readonly #entries: Entries;
  readonly #drafts = new Map<string, DraftOfTags>();
  /** By path: what no step is taken for, and why. */
  readonly #obstacles = new Map<string, Obstacle>();
  readonly #waiting = new Set<number>();

  constructor(root: string, graph: RootGraph, entries: Entries) {
    this.#root = root;
    this.#graph = graph;
    this.#entries = entries;
  }

  /** Whether a step may be taken at this path. One that may not is left to people, and these tags wait for them. */
  allows(path: string, tags: readonly number[] = []): boolean {
    const obstacle = this.#obstacles.get(path) ?? obstacleAt(this.#entries, path);
    if (obstacle === undefined) return true;
    this.#obstacles.set(path, obstacle);
    for (const tag of tags) this.#waiting.add(tag);
    return false;
  }

  /** The tags that wanted a step which is left to people. */
  waiting(): ReadonlySet<number> {
    return this.#waiting;
  }

  /** What steps were asked for and not taken, sorted by path. */
  obstacles(): readonly (readonly [path: string, obstacle: Obstacle])[] {
    return [...this.#obstacles].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Adds a step for these tags, or the tags to the step that is there already. */
  add(draft: Draft<ScriptedStep>, tags: readonly number[]): void {
    if (!this.allows(draft.path)) throw new Error(`no step is allowed at ${draft.path}`);
    const key = `${draft.kind} ${draft.path}`;
    const entry = this.#drafts.get(key);
    if (!entry) this.#drafts.set(key, { draft, tags: new Set(tags) });
    else for (const tag of tags) entry.tags.add(tag);
  }

  /** Adds tags to what is to be done about a blob's data, if anything is. */
  addTags(path: string, tags: readonly number[]): void {
    for (const kind of ["clean", "copy"] as const) {
      const entry = this.#drafts.get(`${kind} ${path}`);
      for (const tag of entry ? tags : []) entry!.tags.add(tag);
    }
  }

  isEmpty(): boolean {
    return this.#drafts.size === 0;
  }

  /** Whether any step writes below this folder. */
  writesBelow(folder: string): boolean {
    return [...this.#drafts.values()].some(
      ({ draft }) => draft.kind !== "clean" && draft.path.startsWith(`${folder}/`),
    );
  }

  /** The steps, with the images of theirs that are fixed in the end. */
  finish(fixed: ReadonlySet<number>): ScriptedStep[] {
    return [...this.#drafts.values()].map(({ draft, tags }) => finishStep(this.#root, this.#graph, draft, tags, fixed));
  }
}

/** Why no step may be taken at this path, where none may. */
export function obstacleAt(entries: Entries, path: string): Obstacle | undefined {
  if (path.includes("\ufffd")) return "not-utf8";
  for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
    const { type, identity } = entries.at(end < 0 ? path : path.slice(0, end));
    if (type === "symlink" || type === "unknown") return type;
    if (type === "absent") return undefined;
    if (entries.aliasOf(identity) !== undefined) return "alias";
    if (type !== "folder" || end < 0) return undefined;
  }
}

/** A step with the names of the images that want it, sorted. */
export function finishStep<D extends Draft<PlanStep>>(
  root: string,
  graph: RootGraph,
  draft: D,
  tags: Iterable<number>,
  fixed: ReadonlySet<number>,
): D & Pick<PlanStep, "root" | "affects" | "fixes"> {
  const affected = [...tags];
  const names = (some: readonly number[]) => some.map((tag) => imageName(graph, tag)).sort();
  const { kind, message, ...about } = draft;
  const images = { affects: names(affected), fixes: names(affected.filter((tag) => fixed.has(tag))) };
  return { kind, root, ...about, message, ...images } as unknown as D & Pick<PlanStep, "root" | "affects" | "fixes">;
}

/** What all steps against problems look at. */
export interface RepairContext {
  readonly graph: RootGraph;
  readonly view: GraphOverlay;
  readonly sources: Sources;
  readonly steps: StepList;
  /** Blobs found corrupt besides those that the graph knows; grows. */
  readonly corrupt: Set<number>;
  /** Hashes a blob of this root: whether it is what its digest says; undefined where it cannot be read. */
  readonly isIntact: (digest: string) => boolean | undefined;
}

/** Whether what is asked for is a manifest, not a config or layer. */
export function isManifest({ manifests }: GraphView, { reference }: PullProblem): boolean {
  return reference < 0 || manifests.role(reference) === Role.child;
}
