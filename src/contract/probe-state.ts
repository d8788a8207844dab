// What a probe remembers of the runs before: when each tag was last checked and what was found, so that each run goes on
// where the last one stopped.
import { z } from "zod";
import { rememberedFinding } from "./state-file.ts";

const time = z.iso.datetime();

const STATE = z.strictObject({
  schemaVersion: z.literal(1),
  command: z.literal("probe"),
  url: z.string(),
  /** When the last run began that left nothing open; null where there was none yet. */
  completedAt: time.nullable(),
  repositories: z.array(
    z.strictObject({
      name: z.string(),
      /** Lists and no objects by name, as a tag may be called anything. */
      tags: z.array(
        z.strictObject({
          tag: z.string(),
          /** What it named when it was checked; null where its manifest was not served. */
          digest: z.string().nullable(),
          checkedAt: time,
          broken: z.boolean(),
          /** Ids of what was found in it. */
          findings: z.array(z.string()),
        }),
      ),
    }),
  ),
  findings: z.array(rememberedFinding),
});

/** Times are ISO 8601, UTC. */
export type ProbeState = z.infer<typeof STATE>;
export type TagState = ProbeState["repositories"][number]["tags"][number];

/** Throws an Error with one line where the text is not a probe's state that this version wrote. */
export function parseProbeState(text: string): ProbeState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // As below.
  }
  const parsed = STATE.safeParse(value);
  if (!parsed.success) throw new Error("not a state file of a probe by this version of regfsck");
  return parsed.data;
}
