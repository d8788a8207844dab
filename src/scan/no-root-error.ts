// What is wrong with a path that holds no storage root.

/** A path that is no storage root and holds none; its message is one line for the user. */
export class NoRootError extends Error {
  override readonly name = "NoRootError";
}
