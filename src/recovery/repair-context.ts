// What all steps against problems look at.

import { Role } from "../facts/facts.ts";
import type { GraphOverlay, GraphView } from "../graph/overlay.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { Sources } from "./sources.ts";
import type { StepList } from "./step-list.ts";

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
