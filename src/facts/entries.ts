// What a path is by itself, without following it: for what must not be done through a symbolic link, or to another entry
// than was seen.

/** An entry of a storage root. */
export interface Entry {
  /** `unknown` where the system does not say. */
  readonly type: "folder" | "symlink" | "other" | "absent" | "unknown";
  /** Its device and inode as `stat -c %d:%i` prints them; empty unless it is there. */
  readonly identity: string;
}

/** Looks at the entries of one storage root. */
export interface Entries {
  /** `path` is relative to the root; "" is the root itself. */
  at(path: string): Entry;
  /** The symbolic link by which this entry can be reached as well, by its path and the root's name where it is another's. */
  aliasOf(identity: string): string | undefined;
}
