// Which images a probe asks for: those that were named, or those of the catalogue.
import { UsageError } from "../contract/errors.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import { isRepositoryName } from "../layout/names.ts";
import { CATALOGUE, type RegistryAddress, tagsPath } from "../probe/address.ts";
import { listRepositories, listTags } from "../probe/catalogue.ts";
import { inTurn } from "../probe/check-images.ts";
import type { Client } from "../probe/client.ts";
import type { ImageTarget } from "../probe/walk.ts";
import { selectNames } from "../scan/list-namespace.ts";

export interface Targets {
  readonly repositories: number;
  /** In these repositories; of images that were named, those. */
  readonly tags: number;
  readonly images: readonly ImageTarget[];
  /** What could not be listed. */
  readonly unreadable: readonly UnreadableReport[];
}

export interface TargetOptions {
  /** Globs, or names. */
  readonly repositories: readonly string[];
  readonly allowNothing: boolean;
}

/** Throws a UsageError where the globs leave no repository of the catalogue. */
export async function findTargets(
  client: Client,
  address: RegistryAddress,
  named: readonly ImageTarget[],
  { repositories: globs, allowNothing }: TargetOptions,
): Promise<Targets> {
  if (named.length > 0) {
    const repositories = new Set(named.map(({ repository }) => repository));
    return { repositories: repositories.size, tags: named.length, images: named, unreadable: [] };
  }
  const unreadable: UnreadableReport[] = [];
  const note = (path: string, error: string) => unreadable.push({ root: address.name, path, error });
  const names = await repositoryNames(client, address, globs, note);
  const listings = await inTurn(names, (name) => listTags(client, address.url, name));
  const images = listings.flatMap(({ names: tags, error, isAbsent }, index) => {
    const repository = names[index]!;
    // One whose last tag was deleted stays in the catalogue, and its list answers 404.
    if (error !== undefined && !isAbsent) note(tagsPath(repository), error);
    return tags.map((tag): ImageTarget => ({ repository, tag, digest: undefined }));
  });
  if (images.length === 0 && unreadable.length === 0 && !allowNothing) note(CATALOGUE, EMPTY);
  return { repositories: names.length, tags: images.length, images, unreadable };
}

async function repositoryNames(
  client: Client,
  { url }: RegistryAddress,
  globs: readonly string[],
  note: (path: string, error: string) => void,
): Promise<readonly string[]> {
  // A registry without a catalogue can be asked about repositories whose names are given.
  if (globs.length > 0 && globs.every(isRepositoryName)) return globs;
  const { names, error } = await listRepositories(client, url);
  if (error !== undefined) note(CATALOGUE, `${error}${names.length === 0 ? WITHOUT : ""}`);
  if (globs.length === 0) return names;
  const chosen = selectNames(names, globs);
  if (chosen.length === 0 && error === undefined)
    throw new UsageError(`--repo ${globs.join(" --repo ")}: no repository of the catalogue matches`);
  return chosen;
}

const EMPTY = "no tag in any repository (is another storage mounted? --allow-empty accepts it)";
const WITHOUT = " (a registry without a catalogue is asked about --repo NAME, or about images)";
