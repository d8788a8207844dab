// All that a check may look at: one root, read and pulled.

import type { ClosedPath, RegistryUser } from "../facts/closed.ts";
import type { NamespaceFacts, UnexpectedEntry } from "../facts/facts.ts";
import { type ClosedParts, closedParts } from "../graph/closed-parts.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { Rules } from "../registry/rules.ts";
import { type Catalogue, walkCatalogue } from "../registry/serve/catalogue.ts";
import type { WantedPlatforms } from "../registry/serve/child-needs.ts";
import { type Pull, type PullRules, pullAll } from "../registry/serve/pull.ts";

export interface CheckContext {
  /** The root's name. */
  readonly root: string;
  readonly kind: "authoritative" | "cache";
  /** Whether the registry remembers which blobs there are, so that a push needs a restart first; undefined where nothing tells. */
  readonly cachesDescriptors: boolean | undefined;
  /** Those of the registry that the verdict is about. */
  readonly rules: Rules;
  readonly graph: RootGraph;
  readonly pull: Pull;
  readonly catalogue: Catalogue;
  /** Whether its scheduler-state.json is none that a cache starts with. */
  readonly isCacheStateBroken: boolean;
  /** Who serves the registry; undefined where that is not known, or nobody looked at what that user may read. */
  readonly registryUser: RegistryUser | undefined;
  /** What that user may not read, by path. */
  readonly closed: readonly ClosedPath[];
  /** What of the images lies there; undefined where it is not known for certain that a pull fails because of it. */
  readonly closedParts: ClosedParts | undefined;
  /** Misplaced files in the blob store. */
  readonly unexpectedInStore: readonly UnexpectedEntry[];
  /** Whether all repositories were read; what concerns the whole root can be said only then. */
  readonly wholeRoot: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How old an upload must be to be called stale, in milliseconds. */
  readonly staleUploadAge: number;
}

const NO_NAMES: NamespaceFacts = { folders: new Map(), empty: [], unexpected: [], unreadable: [] };

/** How the images of a root are pulled; `platforms` are those that repositories are to have. */
export function pullRulesOf(
  { kind, name, indexPlatforms }: PulledRoot,
  platforms: readonly WantedPlatforms[],
): PullRules {
  // What regfsck was told of single repositories beats what the registry asks for in all of them.
  const accepted = indexPlatforms ? [{ repository: "**", wanted: indexPlatforms }] : [];
  return { fetchesMissing: kind === "cache", root: name, platforms: [...platforms, ...accepted] };
}

type PulledRoot = Pick<CheckContext, "kind"> & {
  readonly name: string;
  readonly indexPlatforms?: readonly string[] | undefined;
};

/** Pulls all images of the graph. What is left out is as in a part of a root, of which nothing is said as a whole. */
export function checkContext(
  root: PulledRoot & { readonly cachesDescriptors?: boolean | undefined },
  graph: RootGraph,
  rules: Rules,
  rest: Partial<
    Omit<CheckContext, "root" | "kind" | "cachesDescriptors" | "rules" | "graph" | "pull" | "catalogue" | "closedParts">
  > & {
    readonly namespace?: NamespaceFacts;
    /** The platforms that repositories are to have, where not all. */
    readonly platforms?: readonly WantedPlatforms[];
  } = {},
): CheckContext {
  const { namespace = NO_NAMES, unexpectedInStore = [], wholeRoot = false, now = 0, registryUser, closed = [] } = rest;
  // A cache fetches what it may not read; a user who is only guessed may be another.
  const isCertain = closed.length > 0 && root.kind === "authoritative" && registryUser?.isNamed;
  const parts = isCertain ? closedParts(graph, closed) : undefined;
  return {
    root: root.name,
    kind: root.kind,
    cachesDescriptors: root.cachesDescriptors,
    rules,
    graph,
    pull: pullAll(graph, { ...pullRulesOf(root, rest.platforms ?? []), closed: parts }),
    registryUser,
    closed,
    closedParts: parts,
    catalogue: walkCatalogue(namespace, rules),
    isCacheStateBroken: rest.isCacheStateBroken ?? false,
    unexpectedInStore,
    wholeRoot,
    now,
    staleUploadAge: rest.staleUploadAge ?? Number.POSITIVE_INFINITY,
  };
}
