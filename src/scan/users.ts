// The users of this machine, by name or number, as its own files list them.
import { UsageError } from "../contract/errors.ts";
import type { User } from "../facts/closed.ts";
import { readText } from "./fs/read-text.ts";
import { errorCode, type StorageFs } from "./fs/storage-fs.ts";

const MOST_BYTES = 1 << 24;

/**
 * The user that `text` names: a name of /etc/passwd, with the groups that /etc/group gives it, or `uid` or `uid:gid` in
 * digits, of whom nothing else need be known. Throws a UsageError for a name that is not there.
 */
export function findUser(storageFs: StorageFs, text: string): User {
  const [, uid, gid] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text) ?? [];
  if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gids: [Number(gid)] };
  const passwd = lines(storageFs, "/etc/passwd");
  const entry = passwd.find(([name, , number]) => (uid === undefined ? name === text : number === uid));
  if (entry === undefined) {
    if (uid !== undefined) return { uid: Number(uid), gids: [] };
    throw new UsageError(`--as-user ${text}: no such user; give a name of /etc/passwd, or uid:gid`);
  }
  const [name = "", , number, own] = entry;
  const others = lines(storageFs, "/etc/group").filter(([, , , members = ""]) => members.split(",").includes(name));
  return { uid: Number(number), gids: [own, ...others.map(([, , group]) => group)].map(Number) };
}

/** The groups of a user as this machine knows them; none where it does not know the user. */
export function groupsOf(storageFs: StorageFs, uid: number): readonly number[] {
  return findUser(storageFs, String(uid)).gids;
}

/** The fields of each line; none where the file cannot be read, as in a container without one. */
function lines(storageFs: StorageFs, file: string): string[][] {
  try {
    return readText(storageFs, file, MOST_BYTES)
      .split("\n")
      .map((line) => line.split(":"));
  } catch (error) {
    errorCode(error);
    return [];
  }
}
