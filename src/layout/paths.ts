// Where registry 2.8.3 keeps what, under its root directory:
//
//   <root>/
//     docker/registry/v2/
//       blobs/<algorithm>/<first two of hex>/<hex>/data          a blob; manifests are blobs too
//       repositories/<name>/                                     <name> may nest: team/api, team/api/server
//         _layers/<algorithm>/<hex>/link                         layer link: a config or layer of this repository
//         _manifests/
//           revisions/<algorithm>/<hex>/link                     revision link: a manifest of this repository
//           tags/<tag>/
//             current/link                                       what the tag names now
//             index/<algorithm>/<hex>/link                       what it has named
//         _uploads/<uuid>/{data,startedat,hashstates/...}        an upload under way
//     scheduler-state.json                                       only in a pull-through cache
//
// Every path here is relative to the storage root (the registry's `rootdirectory`) and has forward slashes.
import { type Digest, parseDigest } from "./digest.ts";

export const STORAGE = "docker/registry/v2";
export const BLOBS = `${STORAGE}/blobs`;
export const REPOSITORIES = `${STORAGE}/repositories`;
export const SCHEDULER_STATE = "scheduler-state.json";
/** What GitLab's container registry writes where it keeps its metadata in a database. */
export const DATABASE_IN_USE = "docker/registry/lockfiles/database-in-use";

/** Layer links and revision links: the two that say that a repository holds a blob. */
export type LinkKind = "layer" | "revision";

/** The digest's parts. Throws a RangeError for text that is not a digest, as all below do: there is no such path. */
function partsOf(digest: string): Digest {
  const parsed = parseDigest(digest);
  if (!parsed) throw new RangeError(`invalid digest: ${JSON.stringify(digest)}`);
  return parsed;
}

export function blobData(digest: string): string {
  return dataOf(partsOf(digest));
}

/** As blobData, of a digest that is parsed already. */
export function dataOf({ algorithm, hex }: Digest): string {
  return `${BLOBS}/${algorithm}/${hex.slice(0, 2)}/${hex}/data`;
}

/**
 * The digest that the registry's walk of the blob store reads out of the path of a file called `data`, wherever that
 * lies: it takes the folder above the hex for the algorithm, unless it is the first two digits.
 */
export function digestOfData(path: string): string | undefined {
  const [hex = "", next = "", above = ""] = path.split("/").slice(0, -1).reverse();
  const digest = `${next === hex.slice(0, 2) ? above : next}:${hex}`;
  return parseDigest(digest) && digest;
}

/** The folder that a path lies in; `""` for the top. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A folder of the namespace by its path below `repositories`; `""` is that folder itself. */
export function namespaceFolder(below: string): string {
  return below === "" ? REPOSITORIES : `${REPOSITORIES}/${below}`;
}

export function repositoryFolder(name: string): string {
  return `${REPOSITORIES}/${name}`;
}

/** The folder that holds a repository's links of one kind, an algorithm a folder. */
export function linksFolder(repository: string, kind: LinkKind): string {
  return `${repositoryFolder(repository)}/${kind === "layer" ? "_layers" : "_manifests/revisions"}`;
}

export function linkFile(repository: string, kind: LinkKind, digest: string): string {
  return linkOf(repository, kind, partsOf(digest));
}

/** As linkFile, of a digest that is parsed already. */
export function linkOf(repository: string, kind: LinkKind, { algorithm, hex }: Digest): string {
  return `${linksFolder(repository, kind)}/${algorithm}/${hex}/link`;
}

export function tagsFolder(repository: string): string {
  return `${repositoryFolder(repository)}/_manifests/tags`;
}

export function tagFolder(repository: string, tag: string): string {
  return `${tagsFolder(repository)}/${tag}`;
}

export function tagCurrent(repository: string, tag: string): string {
  return `${tagFolder(repository, tag)}/current/link`;
}

export function uploadsFolder(repository: string): string {
  return `${repositoryFolder(repository)}/_uploads`;
}
