// Pulls every image of a root on paper: what a client would be refused, and which tags that breaks. Linear in the
// links and references; without recursion, since whoever pushes chooses how deep indexes nest.

import { Bytes } from "../../facts/columns.ts";
import type { ClosedParts } from "../../graph/closed-parts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { LinkKind } from "../../layout/paths.ts";
import type { WantedPlatforms } from "./child-needs.ts";
import type { BrokenTag } from "./failure.ts";
import { Problems } from "./problems.ts";
import { PullWalk } from "./pull-walk.ts";

/** How images are pulled. */
export interface PullRules {
  /** Whether the registry gets from elsewhere what it does not have, as a pull-through cache does: then that is no problem. */
  readonly fetchesMissing: boolean;
  /** The root's name, for the rules about platforms. */
  readonly root: string;
  readonly platforms: readonly WantedPlatforms[];
  /** What the user who serves the registry may not read; undefined where that is not known, or nothing. */
  readonly closed?: ClosedParts | undefined;
}

/** What came of pulling all images. Link columns are indexed by the link's number. */
export interface Pull {
  readonly problems: Problems;
  /** What it went by: for pulling what becomes of the graph in the same way. */
  readonly rules: PullRules;
  /** In the order of repository names, then tag names. */
  readonly brokenTags: readonly BrokenTag[];
  /** 1 where a manifest that is held (tagged or not) needs the link. */
  readonly neededLinks: Readonly<Record<LinkKind, Bytes>>;
  /** 1 for every digest that a held manifest references, or that is one. */
  readonly referenced: Bytes;
}

/** Pulls every tag of every repository, and every untagged revision. */
export function pullAll(graph: GraphView, given: Partial<PullRules> = {}): Pull {
  const rules = { fetchesMissing: false, root: "", platforms: [], ...given };
  const problems = new Problems();
  const brokenTags: BrokenTag[] = [];
  const needed = { neededLinks: { layer: new Bytes(), revision: new Bytes() }, referenced: new Bytes() };
  for (const repository of graph.repositories()) {
    const walk = new PullWalk(graph, repository, needed, rules);
    for (const problem of walk.problems()) problems.push(problem);
    for (const broken of walk.brokenTags()) brokenTags.push(broken);
  }
  return { problems, rules, brokenTags, ...needed };
}
