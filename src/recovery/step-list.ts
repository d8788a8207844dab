// Collects the steps of one root: each once, with all images that want it.
import { imageName } from "../checks/index.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { PlanStep, ScriptedStep } from "./steps.ts";

type Draft<S> = S extends PlanStep ? Omit<S, "root" | "affects" | "fixes"> : never;

interface Entry {
  readonly draft: Draft<ScriptedStep>;
  readonly tags: Set<number>;
}

export class StepList {
  readonly #root: string;
  readonly #graph: RootGraph;
  readonly #entries = new Map<string, Entry>();
  /** Paths with names that are not UTF-8, which a script could not name. */
  readonly unnameable = new Set<string>();

  constructor(root: string, graph: RootGraph) {
    this.#root = root;
    this.#graph = graph;
  }

  /** Adds a step for these tags, or the tags to the step that is there already. */
  add(draft: Draft<ScriptedStep>, tags: readonly number[]): void {
    if (draft.path.includes("\ufffd")) {
      this.unnameable.add(draft.path);
      return;
    }
    const key = `${draft.kind} ${draft.path}`;
    const entry = this.#entries.get(key);
    if (!entry) this.#entries.set(key, { draft, tags: new Set(tags) });
    else for (const tag of tags) entry.tags.add(tag);
  }

  /** Adds tags to what is to be done about a blob's data, if anything is. */
  addTags(path: string, tags: readonly number[]): void {
    for (const kind of ["clean", "copy"] as const) {
      const entry = this.#entries.get(`${kind} ${path}`);
      for (const tag of entry ? tags : []) entry!.tags.add(tag);
    }
  }

  isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether any step writes below this folder. */
  writesBelow(folder: string): boolean {
    return [...this.#entries.values()].some(
      ({ draft }) => draft.kind !== "clean" && draft.path.startsWith(`${folder}/`),
    );
  }

  /** The steps, with the images of theirs that are healed in the end. */
  finish(healed: ReadonlySet<number>): ScriptedStep[] {
    return [...this.#entries.values()].map(({ draft, tags }) =>
      finishStep(this.#root, this.#graph, draft, tags, healed),
    );
  }
}

/** A step with the names of the images that want it, sorted. */
export function finishStep<D extends Draft<PlanStep>>(
  root: string,
  graph: RootGraph,
  draft: D,
  tags: Iterable<number>,
  healed: ReadonlySet<number>,
): D & Pick<PlanStep, "root" | "affects" | "fixes"> {
  const affected = [...tags];
  const names = (some: readonly number[]) => some.map((tag) => imageName(graph, tag)).sort();
  const { kind, message, ...about } = draft;
  const images = { affects: names(affected), fixes: names(affected.filter((tag) => healed.has(tag))) };
  return { kind, root, ...about, message, ...images } as unknown as D & Pick<PlanStep, "root" | "affects" | "fixes">;
}
