// What a run remembers of the last complete one: what there was, and since when each finding is known.
import { z } from "zod";

const count = z.int().nonnegative();
const time = z.iso.datetime();

/** A finding, as runs remember it; a probe does too. */
export const rememberedFinding = z.strictObject({
  id: z.string(),
  code: z.string(),
  root: z.string(),
  path: z.string(),
  firstSeen: time,
  lastSeen: time,
});

const STATE = z.strictObject({
  schemaVersion: z.literal(1),
  completedAt: time,
  roots: z.array(
    z.strictObject({
      path: z.string(),
      /** Their names. */
      repositories: z.array(z.string()),
      /**
       * By repository: its tags, each with the digest that it names. Pairs and no objects, as a tag may be called anything. Null where
       * there are too many to be remembered; not in files of builds that did not remember tags.
       */
      tags: z
        .array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.string()]))]))
        .nullable()
        .exactOptional(),
      /** The directories of the layout that other file systems are mounted on, relative to the root. */
      mounts: z.array(z.string()),
      blobs: count,
      /**
       * The N of "N blobs marked" of a garbage collection without -m (`all`) and with it (`tagged`), which marks far less;
       * null where no run made such a forecast yet.
       */
      marked: z.strictObject({ all: count.nullable(), tagged: count.nullable() }),
    }),
  ),
  /** Null where there are too many to be remembered: then nothing is known of what is new or resolved. */
  findings: z.array(rememberedFinding).nullable(),
});
/** Times are ISO 8601, UTC. */
export type State = z.infer<typeof STATE>;

/** Throws an Error with one line where the text is not a state that this version wrote. */
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
