// Where a path leads that a result is to be written to: walked a folder at a time and held open, so that nobody who may
// write on the way can lead the program elsewhere, neither before nor after it looked.
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, type Stats, statSync } from "node:fs";
import { resolve } from "node:path";

/** Who runs this process; -1 where the system has no such numbers. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Target {
  /** A path that leads to the folder wherever that is moved. */
  readonly folder: string;
  /** `device inode` of the folder. */
  readonly folderIdentity: string;
  readonly name: string;
  /** What stands there, never a symbolic link; undefined for nothing. */
  readonly there: Stats | undefined;
  /** Whether only this user and root can have put there what there is. */
  readonly isTrusted: boolean;
  /** Whether only this user and root can put anything into the folder. */
  readonly isProtected: boolean;
}

/** Only Linux has these: a folder that may be passed through but not listed, and a path by the number of what is open. */
const IS_LINUX = "O_NOATIME" in constants;
const O_PATH = 0o10000000;
const FOLDER_FLAGS = constants.O_DIRECTORY | constants.O_NOFOLLOW | (IS_LINUX ? O_PATH : constants.O_RDONLY);
/** The kernel's own limit. */
const MOST_LINKS = 40;

/**
 * Calls `use` with where the file is, which holds until what that gives is settled; `onFolder` with each folder that the
 * file's name is looked up in, and those of links that stand for it. A symbolic link is followed only where it is this
 * user's or root's, and nobody else can have put it there. Throws the system's error, and an Error of one line for any
 * other link.
 */
export async function withTarget<Result>(
  file: string,
  user: User,
  use: (target: Target) => Result | Promise<Result>,
  onFolder: (folder: string) => void = () => {},
): Promise<Result> {
  const open: number[] = [];
  try {
    return await use(walk(resolve(file), user, open, onFolder));
  } catch (error) {
    // The path that the system names is the folder's number: what was asked for, the caller knows.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined) (error as Error).message = message.replace(/, \w+ '.*$/s, "");
    throw error;
  } finally {
    for (const descriptor of open) closeSync(descriptor);
  }
}

interface Folder {
  readonly path: string;
  readonly stat: Stats;
}

function walk(file: string, user: User, open: number[], onFolder: (folder: string) => void): Target {
  const enter = (path: string, name: string): Folder => {
    const descriptor = openSync(path + name, FOLDER_FLAGS);
    open.push(descriptor);
    const stat = fstatSync(descriptor);
    return { path: pathOf(descriptor, stat) ?? (path === "" ? "" : path + name), stat };
  };
  let folder = enter("", "/");
  const names = namesIn(file);
  for (let links = 0; ; ) {
    const name = names.shift() ?? ".";
    const isLast = names.length === 0;
    if (isLast) onFolder(`${folder.path}/.`);
    const there = lstatSync(`${folder.path}/${name}`, { throwIfNoEntry: false });
    if (there?.isSymbolicLink()) {
      if (!isOurs(there, user) || !canHold(folder.stat, there, user)) throw new Error(refusal(name, there, user));
      if (++links > MOST_LINKS) throw new Error("a symlink loop");
      const link = readlinkSync(`${folder.path}/${name}`);
      names.unshift(...namesIn(link));
      if (link.startsWith("/")) folder = enter("", "/");
    } else if (isLast) {
      const { dev, ino } = folder.stat;
      const isProtected = isClosedToOthers(folder.stat, user);
      const isTrusted = isProtected || (there !== undefined && isOurs(there, user) && isNamedOnce(there));
      return { folder: folder.path, folderIdentity: `${dev} ${ino}`, name, there, isTrusted, isProtected };
    } else folder = enter(`${folder.path}/`, name);
  }
}

function namesIn(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

/** The path of an open folder by its number; undefined where the system has none. */
function pathOf(descriptor: number, { dev, ino }: Stats): string | undefined {
  if (!IS_LINUX) return undefined;
  const path = `/proc/self/fd/${descriptor}`;
  const seen = statSync(path, { throwIfNoEntry: false });
  return seen?.ino === ino && seen.dev === dev ? path : undefined;
}

function refusal(name: string, link: Stats, user: User): string {
  const whose = isOurs(link, user) ? "in a folder that others can write to" : "of another user";
  return `${name} is a symbolic link ${whose}, which is not followed`;
}

function isOurs({ uid }: Stats, user: User): boolean {
  return uid === 0 || uid === user.uid;
}

/** By owner and mode: an access list shows as the group's bits. */
function isClosedToOthers(folder: Stats, user: User): boolean {
  const isOfGroup = folder.gid === 0 || folder.gid === user.gid;
  return isOurs(folder, user) && (folder.mode & 0o002) === 0 && ((folder.mode & 0o020) === 0 || isOfGroup);
}

/** Whether nobody else can have put what is ours into the folder: into one like /tmp its owner can alone. */
function canHold(folder: Stats, there: Stats, user: User): boolean {
  const isSticky = isOurs(folder, user) && (folder.mode & 0o1000) !== 0;
  return isClosedToOthers(folder, user) || (isSticky && isNamedOnce(there));
}

/** Where the kernel lets them (`fs.protected_hardlinks` off), others can give what is ours a second name in a folder of theirs. */
function isNamedOnce({ nlink }: Stats): boolean {
  return nlink === 1;
}
