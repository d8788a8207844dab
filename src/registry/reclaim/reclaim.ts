// What of a root can be deleted so that a garbage collection without -m frees it, and nothing that is kept loses anything.
// What is chosen is tried on paper before it is given: what harms is kept, and where harm is left nothing is given at all.

import { Bytes } from "../../facts/columns.ts";
import { collect } from "../collect/collect.ts";
import type { RootInput } from "../collect/collection.ts";
import type { Pull } from "../serve/pull.ts";
import { doubtsIn } from "./doubts.ts";
import { bytesOf } from "./freed-bytes.ts";
import { parentsFirst } from "./order.ts";
import { keepForRepair } from "./repairs.ts";
import { type FreeRevision, type KeptRevision, type LinkTime, selectIn } from "./select.ts";
import { type Simulation, simulate } from "./simulate.ts";
import type { StayingTag, TagCleanUp } from "./tags.ts";

export interface ReclaimOptions {
  readonly cleanUp: TagCleanUp;
  /** Milliseconds since 1970: what was written after that is kept. */
  readonly since: number;
  readonly linkTime: LinkTime;
}

export interface Reclaim {
  /** By repository, indexes before their children; empty where there is harm. */
  readonly free: readonly FreeRevision[];
  /** What each of them frees, in bytes; blobs that several name are counted for the first. */
  readonly freeBytes: readonly number[];
  /** By repository. */
  readonly kept: readonly KeptRevision[];
  /** The tags that a clean-up would remove and that stay. */
  readonly staying: readonly StayingTag[];
  /** What was tried last: the deletes of `free`, and the garbage collection after them. */
  readonly simulation: Simulation;
  /** What a garbage collection without -m frees alone, in bytes. */
  readonly freedAnyway: number;
}

/** More rounds than damage is wide: what is left to be repaired then is left alone. */
const MAX_ROUNDS = 20;

export function reclaim(input: RootInput, pull: Pull, options: ReclaimOptions): Reclaim {
  const { graph } = input;
  const repairs = new Bytes();
  const doubtOf = doubtsIn(input);
  const select = () =>
    graph.repositories().map((one) => selectIn(graph, one, { ...options, rules: pull.rules, repairs, doubtOf }));
  let selections = select();
  let free = selections.flatMap((selection) => selection.free);
  let simulation = simulate(input, pull, free);
  for (let round = 0; round < MAX_ROUNDS && isHarmful(simulation); round++) {
    if (!keepForRepair(graph, simulation, free, repairs)) break;
    selections = select();
    free = selections.flatMap((selection) => selection.free);
    simulation = simulate(input, pull, free);
  }
  const ordered = isHarmful(simulation) ? [] : selections.flatMap((one) => parentsFirst(graph, one.free));
  const alone = collect(input, { deleteUntagged: false, removedTags: new Bytes() });
  return {
    free: ordered,
    freeBytes: bytesOf(graph, ordered, simulation.collection, alone),
    kept: selections.flatMap(({ kept }) => kept),
    staying: selections.flatMap(({ staying }) => staying),
    simulation,
    freedAnyway: alone.deletedBytes,
  };
}

export function isHarmful({ harms, broken, refused, collection }: Simulation): boolean {
  return harms.length + broken.length + refused.length + collection.aborts.length > 0;
}
