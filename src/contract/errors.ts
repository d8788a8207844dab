// Failures that are expected: each prints one line and ends the program with exit code 16.

/** What the user got wrong: an option, a path, the configuration. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A path that is not a storage root and holds none. */
export class NoRootError extends Error {
  override readonly name = "NoRootError";
}
