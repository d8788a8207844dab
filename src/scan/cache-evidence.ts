// Whether a root is a pull-through cache, by what its scheduler-state.json says of the rest: that file alone decides
// nothing, since one is left behind where a cache becomes an authoritative registry.

import { isAlgorithm, isHex } from "../layout/digest.ts";
import { linkFile, linksFolder, SCHEDULER_STATE } from "../layout/paths.ts";
import type { RootKind } from "./find-roots.ts";
import { readText } from "./fs/read-text.ts";
import { entriesOf, errorCode, listNames, type StorageFs, statPath } from "./fs/storage-fs.ts";

/** What the file and the revisions beside it say. */
export interface CacheEvidence {
  readonly kind: RootKind;
  /** Why that is not certain, for a person. */
  readonly doubt?: string;
}

/** A cache writes its file every five seconds: what it fetched since may be missing from it. In milliseconds. */
const UNSAVED = 10_000;

/** A cache of a million parts has a file of some 200 MB. */
const MOST_BYTES = 2 ** 29;

/**
 * Compares the entries of `scheduler-state.json` in the storage root at `root` with the revisions of its repositories.
 * A cache has an entry for each manifest and blob that it holds, until that expires and goes
 * (docs/internals/registry-2.8.3.md).
 */
export function cacheEvidence(storageFs: StorageFs, root: string, repositories: readonly string[]): CacheEvidence {
  const path = `${root}/${SCHEDULER_STATE}`;
  const { stat, code } = statPath(storageFs, path);
  if (stat === undefined && code === undefined) return { kind: "authoritative" };
  if (stat === undefined) return doubt(`cannot be read (${code})`);
  let text: string;
  try {
    text = readText(storageFs, path, MOST_BYTES);
  } catch (error) {
    return doubt(`cannot be read (${errorCode(error)})`);
  }
  const entries = parseEntries(text);
  if (entries === undefined)
    return doubt("is empty, cut off or not what a cache writes; a cache would not start with it");
  let revisions = 0;
  let unknown = 0;
  for (const repository of repositories) {
    for (const digest of revisionDigests(storageFs, root, repository)) {
      revisions++;
      if (entries.has(`${repository}@${digest}`)) continue;
      const link = statPath(storageFs, `${root}/${linkFile(repository, "revision", digest)}`);
      // A manifest that expired leaves its folder, without a link.
      if (link.stat === undefined && link.code === undefined) revisions--;
      else if (link.stat === undefined || link.stat.mtimeMs < stat.mtimeMs - UNSAVED) unknown++;
    }
  }
  if (unknown === 0) return { kind: "cache" };
  return doubt(`does not name ${unknown} of the ${revisions} manifests, as a cache's would`);
}

/** Whether the root has a scheduler-state.json with which a cache does not start: empty, cut or zeroed. */
export function isStateBroken(storageFs: StorageFs, root: string): boolean {
  const path = `${root}/${SCHEDULER_STATE}`;
  if (statPath(storageFs, path).stat === undefined) return false;
  try {
    return parseEntries(readText(storageFs, path, MOST_BYTES)) === undefined;
  } catch {
    // What cannot be read is said to be so where it tells what kind of root this is.
    return false;
  }
}

function doubt(what: string): CacheEvidence {
  const advice = "say which with --cache or --authoritative, or --registry-config";
  return { kind: "cache", doubt: `${what}: a pull-through cache, or a registry that used to be one? ${advice}` };
}

/** The references that the file names, `repository@digest`; undefined where it is no such file. */
function parseEntries(content: string): ReadonlySet<string> | undefined {
  try {
    const parsed: unknown = JSON.parse(content);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
    return new Set(Object.keys(parsed));
  } catch {
    return undefined;
  }
}

function* revisionDigests(storageFs: StorageFs, root: string, repository: string): Generator<string> {
  const folder = linksFolder(repository, "revision");
  const listing = listNames(storageFs, `${root}/${folder}`);
  for (const algorithm of entriesOf(listing)) {
    if (!isAlgorithm(algorithm)) continue;
    for (const hex of entriesOf(listNames(storageFs, `${root}/${folder}/${algorithm}`))) {
      if (isHex(algorithm, hex)) yield `${algorithm}:${hex}`;
    }
  }
}
