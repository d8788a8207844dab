// What an upgrade of the registry costs at once: tags that the release before serves and this one does not, and why.
import { DiskState, ManifestKind } from "../../facts/facts.ts";
import { EarlierGraph } from "../../graph/earlier-graph.ts";
import type { RootGraph } from "../../graph/root-graph.ts";
import type { Rules } from "../rules.ts";
import type { PullProblem } from "./failure.ts";
import { type Pull, pullAll } from "./pull.ts";

export type Refusal =
  /** A manifest of schema 1, which is no longer read. */
  | "schema1"
  /** A manifest whose JSON is no longer read. */
  | "unreadable"
  /** A manifest that is linked among the layers only. */
  | "linked-as-layer";

export interface RefusedTag {
  readonly tag: number;
  readonly parts: readonly { readonly digest: number; readonly refusal: Refusal }[];
}

/** `pull` is what pulling every image gives under `rules`. Sorted by repository, then as it lists its tags. */
export function refusedTags(graph: RootGraph, pull: Pull, { earlier }: Rules): RefusedTag[] {
  if (!earlier || pull.brokenTags.length === 0) return [];
  const before = pullAll(new EarlierGraph(graph, earlier.servesByLayerLink), pull.rules);
  const brokenBefore = new Set(before.brokenTags.map(({ tag }) => tag));
  const refused = new Map<number, Map<number, Refusal>>();
  for (const { tag } of pull.brokenTags) if (!brokenBefore.has(tag)) refused.set(tag, new Map());
  for (const problem of pull.problems) {
    const refusal = refusalOf(graph, problem);
    if (refusal === undefined) continue;
    for (const tag of problem.tags) refused.get(tag)?.set(problem.digest, refusal);
  }
  return [...refused].map(([tag, parts]) => {
    return { tag, parts: [...parts].map(([digest, refusal]) => ({ digest, refusal })) };
  });
}

function refusalOf(graph: RootGraph, { repository, digest, reply }: PullProblem): Refusal | undefined {
  if (reply?.answer === "not-linked") {
    return graph.linkState(repository, "layer", digest) === DiskState.ok ? "linked-as-layer" : undefined;
  }
  const manifest = reply?.answer === "invalid" ? graph.manifests.find(reply.blob) : -1;
  if (manifest < 0 || !graph.manifests.isOutdated(manifest)) return undefined;
  return graph.manifests.kind(manifest) === ManifestKind.schema1 ? "schema1" : "unreadable";
}
