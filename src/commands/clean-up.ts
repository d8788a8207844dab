// The tag clean-up that comes before a garbage collection: which tags of the roots it removes.
import { UsageError } from "../contract/errors.ts";
import { Bytes } from "../facts/columns.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { OptionsOf } from "../options.ts";
import { readInput } from "../output/input-file.ts";
import { tagsBeyondNewest } from "../registry/collect/forecast.ts";

/** What happens to tags before a garbage collection, and how that is run. */
export type CleanUpOptions = Pick<
  OptionsOf<"forecast">,
  "deleteUntagged" | "keepTags" | "removeTags" | "removeTagsFrom"
>;

const MOST_BYTES = 1 << 26;

/** The images that the options name for removal. Throws a UsageError where a list cannot be read, or says nothing. */
export function imagesToRemove({ removeTags, removeTagsFrom }: CleanUpOptions): string[] {
  const listed = removeTagsFrom === undefined ? [] : readList(removeTagsFrom);
  const images = [...removeTags, ...listed];
  for (const image of images) {
    if (!/^[^:]+:[^:]+$/.test(image))
      throw new UsageError(`${JSON.stringify(image)} names no tag: give repository:tag`);
  }
  return images;
}

function readList(file: string): string[] {
  try {
    const lines = readInput(file, MOST_BYTES).split("\n");
    return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  } catch (error) {
    throw new UsageError(`--remove-tags-from ${file}: ${(error as Error).message}`);
  }
}

/** The tags that a clean-up removes from a root: 1 at their numbers. */
export interface RemovedTags {
  readonly all: Bytes;
  /** Those that were named one by one. */
  readonly named: Bytes;
}

/**
 * The tags that the clean-up removes, by root. Throws a UsageError for an image that no root has.
 * `keepTags` goes by when tag folders changed, so the tags must have been read with their times.
 */
export function removedTags(
  inspections: readonly RootInspection[],
  images: readonly string[],
  keepTags: number | undefined,
): Map<RootInspection, RemovedTags> {
  const removed = new Map(inspections.map((inspection) => [inspection, { all: new Bytes(), named: new Bytes() }]));
  for (const image of images) {
    let known = false;
    for (const [{ context }, { all, named }] of removed) {
      const tag = findTag(context.graph, image);
      if (tag < 0) continue;
      all.set(tag, 1);
      named.set(tag, 1);
      known = true;
    }
    if (!known) throw new UsageError(`there is no image ${image}`);
  }
  if (keepTags !== undefined) {
    for (const [{ context }, { all }] of removed) {
      for (const tag of tagsBeyondNewest(context.graph, keepTags)) all.set(tag, 1);
    }
  }
  return removed;
}

/** The number of `repository:tag`, or -1. */
function findTag(graph: RootGraph, image: string): number {
  const [repository, name] = image.split(":") as [string, string];
  const tags = graph.findRepository(repository)?.tags;
  for (const tag of tags ?? []) if (graph.tags.name(tag) === name) return tag;
  return -1;
}
