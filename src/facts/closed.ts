// What the user who serves the registry may not read, by owners and modes, and who that user is.

/** A user as the kernel knows one. */
export interface User {
  readonly uid: number;
  /** The groups: the first is the user's own. */
  readonly gids: readonly number[];
}

/** The user who serves the registry. */
export interface RegistryUser extends User {
  /** Whether an option names it; else it is whom most of the storage belongs to. */
  readonly isNamed: boolean;
}

/** A file or directory that the user may not use as the registry does. What lies below a directory is not listed besides. */
export interface ClosedPath {
  /** Relative to the root; `.` for the root itself. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
  /**
   * `enter`: a directory through which nothing below is reached. `list`: one whose names cannot be listed. `read`: a file.
   */
  readonly need: "enter" | "list" | "read";
}
