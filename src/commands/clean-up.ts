// What comes before a garbage collection: which manifests clients delete over HTTP, and then which tags' folders go.
import { UsageError } from "../contract/errors.ts";
import { Bytes } from "../facts/columns.ts";
import { DiskState } from "../facts/facts.ts";
import type { RepositoryNode, RootGraph } from "../graph/root-graph.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import type { OptionsOf } from "../options.ts";
import { readInput } from "../output/input-file.ts";
import { tagsBeyondNewest } from "../registry/collect/forecast.ts";
import { type DeleteOutcome, HttpDeletes } from "../registry/delete/http-deletes.ts";
import { parseImageName } from "./image-name.ts";

/** What happens to tags and manifests before a garbage collection, and how that is run. */
export type CleanUpOptions = Pick<
  OptionsOf<"forecast">,
  "deleteUntagged" | "keepTags" | "removeTags" | "removeTagsFrom" | "deletes" | "deletesFrom"
>;

/** An image that an option or a list names. */
interface NamedImage {
  readonly name: string;
  /** Whether a list names it, which may be older than what it lists. */
  readonly isListed: boolean;
}

/** What the options name, in the order in which it is done. */
export interface CleanUpNames {
  /** `repository:tag` or `repository@digest`, deleted over HTTP. */
  readonly deletes: readonly NamedImage[];
  /** `repository:tag`, whose folders are removed. */
  readonly removals: readonly NamedImage[];
}

const MOST_BYTES = 1 << 26;

/** The images that the options name. Throws a UsageError where a list cannot be read, or one names no image. */
export function cleanUpNames({ removeTags, removeTagsFrom, deletes, deletesFrom }: CleanUpOptions): CleanUpNames {
  const removals = namedImages(removeTags, "--remove-tags-from", removeTagsFrom);
  for (const { name } of removals) {
    if (!/^[^:]+:[^:]+$/.test(name)) throw new UsageError(`${JSON.stringify(name)} names no tag: give repository:tag`);
  }
  const deleted = namedImages(deletes, "--delete-from", deletesFrom);
  for (const { name } of deleted) parseImageName(name);
  return { deletes: deleted, removals };
}

/** Each once, sorted: as a report has them, and a recheck compares them. */
export function sortedNames(images: readonly NamedImage[]): string[] {
  return [...new Set(images.map(({ name }) => name))].sort();
}

function namedImages(given: readonly string[], option: string, file: string | undefined): NamedImage[] {
  const listed = file === undefined ? [] : readList(option, file);
  return [...given.map((name) => ({ name, isListed: false })), ...listed.map((name) => ({ name, isListed: true }))];
}

function readList(option: string, file: string): string[] {
  try {
    const lines = readInput(file, MOST_BYTES).split("\n");
    return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  } catch (error) {
    throw new UsageError(`${option} ${file}: ${(error as Error).message}`);
  }
}

/** One delete over HTTP, and what came of it. */
export interface NamedDelete extends Pick<DeleteOutcome, "digest" | "tags"> {
  readonly name: string;
  readonly repository: RepositoryNode;
  /** `refused`: by a pull-through cache, which lets nobody delete. */
  readonly answer: DeleteOutcome["answer"] | "refused";
}

/** What is done to a root before its garbage collection. Tags are 1 at their numbers. */
export interface RootCleanUp {
  /** Undefined where nothing is to be deleted over HTTP. */
  readonly deletes: HttpDeletes | undefined;
  readonly named: readonly NamedDelete[];
  /** The tags whose folders are removed after the deletes. */
  readonly removedTags: Bytes;
  /** Those of them that were named one by one. */
  readonly namedTags: Bytes;
  /** All tags that are gone by then, by deletes too. */
  readonly goneTags: Bytes;
}

export interface CleanUps {
  readonly byRoot: ReadonlyMap<RootInspection, RootCleanUp>;
  /** What lists name and no root has (any more). */
  readonly notFound: readonly string[];
}

/**
 * What is done to each root that has what is named; a name is about every root that has it. Throws a UsageError for what an
 * option names and no root has. `keepTags` goes by when tag folders changed, so the tags must have been read with their
 * times; tags that a delete takes do not count.
 */
export function cleanUpRoots(
  inspections: readonly RootInspection[],
  names: CleanUpNames,
  keepTags: number | undefined,
): CleanUps {
  const notFound = new Set<string>();
  const noRootHas = ({ name, isListed }: NamedImage) => {
    if (!isListed) throw new UsageError(`there is no image ${name}`);
    notFound.add(name);
  };
  const byRoot = new Map(inspections.map((inspection) => [inspection, emptyCleanUp(inspection, names)]));
  for (const image of names.deletes) {
    const done = [...byRoot].map(([inspection, cleanUp]) => deleteFrom(inspection, cleanUp, image.name));
    if (!done.includes(true)) noRootHas(image);
  }
  for (const image of names.removals) {
    let isKnown = false;
    for (const { finder, removedTags, namedTags } of byRoot.values()) {
      const tag = finder.find(image.name);
      if (tag < 0) continue;
      removedTags.set(tag, 1);
      namedTags.set(tag, 1);
      isKnown = true;
    }
    if (!isKnown) noRootHas(image);
  }
  for (const [{ context }, { deletes, removedTags, goneTags }] of byRoot) {
    const beyond = keepTags === undefined ? [] : tagsBeyondNewest(context.graph, keepTags, deletes?.removedTags);
    for (const tag of beyond) removedTags.set(tag, 1);
    for (const tags of [removedTags, deletes?.removedTags ?? new Bytes()]) {
      for (let tag = 0; tag < tags.length; tag++) if (tags.at(tag) === 1) goneTags.set(tag, 1);
    }
  }
  return { byRoot, notFound: [...notFound] };
}

type OpenCleanUp = RootCleanUp & { readonly named: NamedDelete[]; readonly finder: TagFinder };

function emptyCleanUp({ context }: RootInspection, { deletes }: CleanUpNames): OpenCleanUp {
  return {
    deletes: deletes.length > 0 ? new HttpDeletes(context.graph) : undefined,
    named: [],
    finder: new TagFinder(context.graph),
    removedTags: new Bytes(),
    namedTags: new Bytes(),
    goneTags: new Bytes(),
  };
}

/** Deletes what is named, if the root has it; gives whether it does. */
function deleteFrom({ root, context: { graph } }: RootInspection, cleanUp: OpenCleanUp, name: string): boolean {
  const image = parseImageName(name);
  const repository = graph.findRepository(image.repository);
  const tag = image.tag === undefined ? -1 : cleanUp.finder.find(name);
  const digest = image.digest === undefined ? -1 : graph.digests.find(image.digest);
  if (!repository || (tag < 0 && !isLinked(graph, repository, digest))) return false;
  const outcome = () => (tag < 0 ? cleanUp.deletes!.deleteDigest(repository, digest) : cleanUp.deletes!.deleteTag(tag));
  const refused = { answer: "refused", digest: -1, tags: [] } as const;
  cleanUp.named.push({ name, repository, ...(root.kind === "cache" ? refused : outcome()) });
  return true;
}

function isLinked(graph: RootGraph, repository: RepositoryNode, digest: number): boolean {
  if (digest < 0) return false;
  return (["revision", "layer"] as const).some((kind) => {
    return graph.linkState(repository, kind, digest) !== DiskState.absent;
  });
}

/** Finds tags by `repository:tag`: a list may name as many as a repository has. */
class TagFinder {
  readonly #graph: RootGraph;
  readonly #byName = new Map<string, ReadonlyMap<string, number>>();

  constructor(graph: RootGraph) {
    this.#graph = graph;
  }

  /** The tag's number, or -1. */
  find(image: string): number {
    const [repository, name] = image.split(":") as [string, string];
    return this.#tagsOf(repository).get(name) ?? -1;
  }

  #tagsOf(repository: string): ReadonlyMap<string, number> {
    const known = this.#byName.get(repository);
    if (known) return known;
    const tags = new Map<string, number>();
    for (const tag of this.#graph.findRepository(repository)?.tags ?? []) tags.set(this.#graph.tags.name(tag), tag);
    this.#byName.set(repository, tags);
    return tags;
  }
}
