// What a run remembers of the last complete one.
import { z } from "zod";

const count = z.int().nonnegative();

const STATE = z.strictObject({
  schemaVersion: z.literal(1),
  /** ISO 8601, UTC. */
  completedAt: z.iso.datetime(),
  roots: z.array(z.strictObject({ path: z.string(), repositories: count, blobs: count, marked: count })),
});
export type State = z.infer<typeof STATE>;

/** Throws an Error with one line where the text is no state that this version wrote. */
export function parseState(text: string): State {
  const parsed = STATE.safeParse(parseJson(text));
  if (!parsed.success) throw new Error("not a state file of this version of regfsck");
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
