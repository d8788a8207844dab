// What the schemas of verify, why and usage share.
import { z } from "zod";
import { rootKind, rootName, runShape } from "./schema-parts.ts";

/** What such a report begins with: there is no verdict but on images. */
export function investigationShape<Command extends string>(command: Command) {
  const { verdict: _, ...run } = runShape(command);
  return run;
}

export const investigatedRoot = z.strictObject({
  name: rootName,
  path: z.string().describe("absolute"),
  kind: rootKind,
});

export const readError = "what could not be read, so that nothing is known about it";
