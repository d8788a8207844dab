// Whether a root has its blobs or repositories to itself: another root that leads to the same directory is collected, or
// served, by a registry that knows nothing of this one.
import { DiskState } from "../facts/facts.ts";
import { BLOBS, REPOSITORIES } from "../layout/paths.ts";
import { errorCode, identityOf, type StorageFs, stateOfError, statPath } from "./fs/storage-fs.ts";

export interface SharedPart {
  /** The root's path. */
  readonly root: string;
  /** Relative to the root. */
  readonly path: typeof BLOBS | typeof REPOSITORIES;
  /** The path of another root that has the same directory; undefined for a store behind a symbolic link. */
  readonly other: string | undefined;
}

interface RootAt {
  readonly path: string;
  readonly fs: StorageFs;
}

/**
 * For roots at these paths, each with its file system; `neighbours` are other roots, of which nothing is asked. Six calls
 * each. A part that is not there is nobody's.
 */
export function sharedParts(roots: readonly RootAt[], neighbours: readonly RootAt[] = []): SharedPart[] {
  const shared: SharedPart[] = [];
  for (const part of [BLOBS, REPOSITORIES] as const) {
    // What blobs lie in, whichever of the two directories is a link; of equal devices and inodes.
    const folder = part === BLOBS ? `${BLOBS}/sha256` : part;
    const all = [...roots, ...neighbours];
    const identities = all.map(({ path, fs }) => {
      return statPath(fs, `${path}/${folder}`).stat ? identityOf(fs, `${path}/${folder}`) : undefined;
    });
    for (const [index, { path: root, fs }] of roots.entries()) {
      const other = all.find((_, at) => at !== index && identities[at] === identities[index]);
      const isBehindLink = () => part === BLOBS && [BLOBS, folder].some((path) => isLink(fs, `${root}/${path}`));
      if (identities[index] !== undefined && other) shared.push({ root, path: part, other: other.path });
      else if (isBehindLink()) shared.push({ root, path: part, other: undefined });
    }
  }
  return shared;
}

function isLink(storageFs: StorageFs, path: string): boolean {
  try {
    return storageFs.lstatSync(path).isSymbolicLink();
  } catch (error) {
    return stateOfError(errorCode(error)) !== DiskState.absent;
  }
}
