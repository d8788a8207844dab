// What a user may do on the disk, by owners and modes, and which user the storage belongs to.
import { constants, type Stats } from "node:fs";
import type { User } from "../facts/closed.ts";
import { BLOBS, REPOSITORIES, repositoryFolder, STORAGE } from "../layout/paths.ts";
import { entriesOf, errorCode, listNames, type StorageFs, statPath } from "./fs/storage-fs.ts";

type Owned = Pick<Stats, "uid" | "gid" | "mode">;

const WRITE_AND_ENTER = 0o3;
const READ_WRITE_AND_ENTER = 0o7;
const STICKY = 0o1000;

/** Whether the user may do all of `wanted` (bits as of one digit of a mode). Root may do everything; lists are not looked at. */
export function mayAccess({ uid, gid, mode }: Owned, user: User, wanted: number): boolean {
  if (user.uid === 0) return true;
  const bits = uid === user.uid ? mode >> 6 : user.gids.includes(gid) ? mode >> 3 : mode;
  return (bits & wanted) === wanted;
}

/** Whether the user may remove a directory with all files in it, given also the directory that it is in. */
export function mayRemove(directory: Owned, above: Owned, user: User): boolean {
  return mayAccess(directory, user, READ_WRITE_AND_ENTER) && mayUnlink(directory, above, user);
}

/** Whether the user may remove a file, given also the directory that it is in. */
export function mayUnlink(file: Owned, above: Owned, user: User): boolean {
  if (user.uid === 0) return true;
  if (!mayAccess(above, user, WRITE_AND_ENTER)) return false;
  return (above.mode & STICKY) === 0 || above.uid === user.uid || file.uid === user.uid;
}

/**
 * Whether nobody, root neither, may change or delete what is there (`chattr +i`). The system says EACCES of owners and modes, and EROFS of
 * all else below a bind mount that is read-only; of a file system that is itself mounted read-only it does not say.
 */
export function isImmutable(storageFs: StorageFs, path: string): boolean {
  try {
    storageFs.accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/**
 * Whom most of the layout's directories in the storage root at `root` belong to: the user who serves the registry, and
 * most likely the one who collects. Undefined where none can be read.
 */
export function majorityOwner(storageFs: StorageFs, root: string, repositories: readonly string[]): User | undefined {
  const prefixes = entriesOf(listNames(storageFs, `${root}/${BLOBS}/sha256`)).map((name) => `${BLOBS}/sha256/${name}`);
  const paths = [STORAGE, BLOBS, REPOSITORIES, ...prefixes, ...repositories.map(repositoryFolder)];
  const counts = new Map<string, number>();
  for (const path of paths) {
    const { stat } = statPath(storageFs, `${root}/${path}`);
    if (!stat) continue;
    const owner = `${stat.uid}:${stat.gid}`;
    const count = (counts.get(owner) ?? 0) + 1;
    counts.set(owner, count);
    // On a slow storage each of these calls is waited for.
    if (count * 2 > paths.length) break;
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (!most) return undefined;
  const [uid, gid] = most[0].split(":").map(Number) as [number, number];
  return { uid, gids: [gid] };
}
