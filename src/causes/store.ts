// What the causes that concern the blob store share: which manifests should be in it, and which are.
import type { RootFindings } from "../checks/root-findings.ts";
import { DiskState } from "../facts/facts.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { PullProblem } from "../registry/serve/failure.ts";

/** How many findings are about things that the store lacks: what tells quickly that a root is not worth a closer look. */
export function countMissing(findings: RootFindings): number {
  const codes = ["missing-blob", "missing-child", "dangling-tag", "missing-manifest"] as const;
  return codes.reduce((sum, code) => sum + findings.count(code), 0) - unwantedChildren(findings).size;
}

/** The children that are missing on purpose. */
export function unwantedChildren(findings: RootFindings): ReadonlySet<number> {
  const unwanted = new Set<number>();
  for (const { found } of findings.of("missing-child")) {
    const { isUnwanted, digest } = found as PullProblem;
    if (isUnwanted) unwanted.add(digest);
  }
  return unwanted;
}

export interface ManifestsInStore {
  /** The manifests that revision links name, which no garbage collection takes; each once. */
  readonly linked: number;
  /** Those whose blob the store does not have. */
  readonly missing: readonly number[];
}

export function manifestsInStore(graph: RootGraph): ManifestsInStore {
  const linked = new Set<number>();
  for (const { revisions } of graph.repositories()) {
    for (const link of revisions) {
      if (graph.revisions.state(link) === DiskState.ok) linked.add(graph.revisions.target(link));
    }
  }
  return { linked: linked.size, missing: [...linked].filter((digest) => graph.blobState(digest) === DiskState.absent) };
}

/** From this many manifests on, a store that lacks nearly all of them is not taken for one that was damaged. */
const MANY = 20;
const NEARLY_ALL = 0.95;

/** Whether the store lacks what is linked as no damage to single blobs leaves it: all of it, or nearly all of much. */
export function lacksNearlyAll({ linked, missing }: ManifestsInStore): boolean {
  if (linked === 0) return false;
  return missing.length === linked || (linked >= MANY && missing.length >= linked * NEARLY_ALL);
}

/** Whether the store has not one blob. */
export function isStoreEmpty(graph: RootGraph): boolean {
  for (let digest = 0; digest < graph.digests.length; digest++) if (graph.hasBlobFolder(digest)) return false;
  return true;
}
