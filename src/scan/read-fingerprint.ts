// The marks of a root, from disk: tags, revisions and uploads alone, without blobs, layer links and manifests.

import type { UnexpectedEntry, Unreadable } from "../facts/facts.ts";
import type { RepositoryMarks } from "../facts/fingerprint.ts";
import { unpackDigests } from "../facts/packed-digests.ts";
import { isAlgorithm, isHex } from "../layout/digest.ts";
import { linksFolder, tagsFolder } from "../layout/paths.ts";
import { namesOf, type StorageFs } from "./fs/storage-fs.ts";
import { listNamespace, repositoryNames } from "./list-namespace.ts";
import { LinkReader } from "./read-link.ts";
import { readTags } from "./read-tags.ts";
import { readUploads } from "./read-uploads.ts";
import { listPart, type RepositoryReading, statPart } from "./repository-reading.ts";

/** Reads the marks of the storage root at `root`, by repository name. Notes in `unreadable` what cannot be read. */
export function* readMarks(storageFs: StorageFs, root: string, unreadable: Unreadable[]): Generator<RepositoryMarks> {
  const namespace = listNamespace(storageFs, root);
  for (const entry of namespace.unreadable) unreadable.push(entry);
  const unexpected: UnexpectedEntry[] = [];
  const reading = { fs: storageFs, root, links: new LinkReader(storageFs), unexpected, blocked: [], unreadable };
  for (const name of repositoryNames(namespace)) {
    const folder = listPart(reading, tagsFolder(name));
    const names = namesOf(folder);
    const { targets } = readTags(reading, name, names, { times: false, history: false });
    const digests = unpackDigests(targets);
    yield {
      name,
      tags: names.map((tag, row) => [tag, digests[row] ?? ""] as const),
      revisions: revisionPlaces(reading, name),
      uploads: readUploads(reading, name).map(({ id, modified }) => [id, modified] as const),
    };
  }
}

function revisionPlaces(reading: RepositoryReading, repository: string): string[] {
  const folder = linksFolder(repository, "revision");
  const listing = listPart(reading, folder);
  return namesOf(listing).flatMap((algorithm) => {
    if (!isAlgorithm(algorithm)) return [];
    const places = listPart(reading, `${folder}/${algorithm}`);
    return namesOf(places)
      .filter((hex) => isHex(algorithm, hex) && isLinked(reading, `${folder}/${algorithm}/${hex}/link`))
      .map((hex) => `${algorithm}:${hex}`);
  });
}

/** A manifest that is deleted leaves its folder behind, without the link. */
function isLinked(reading: RepositoryReading, path: string): boolean {
  const { stat, code } = statPart(reading, path);
  return stat !== undefined || code !== undefined;
}
