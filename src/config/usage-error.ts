// What the user got wrong: printed in one line, exit code 16.

export class UsageError extends Error {
  override readonly name = "UsageError";
}
