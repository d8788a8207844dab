// How far the content of blobs is verified, as reports have it.
import { z } from "zod";
import { count, type Infer, rootName } from "./parts.ts";

const amount = z.strictObject({ blobs: count, bytes: count });

export const contentEvidence = z.strictObject({
  total: amount.describe("what is in the store"),
  verified: amount.describe("of that, whose bytes were found to match their digest, in this run or an earlier one"),
  recent: amount.describe("of these, within the last 30 days"),
  oldest: z.iso.datetime().nullable().describe("when that one of them was verified that was longest ago"),
  corrupt: amount.describe("whose bytes did not match when they were last read"),
});

export const content = z
  .strictObject({
    ...contentEvidence.shape,
    read: z.strictObject({
      ...amount.shape,
      durationMs: count,
      bytesPerSecond: count.nullable().describe("null where too little was read to tell"),
    }),
    ended: z
      .enum(["complete", "max-bytes", "max-time", "not-asked"])
      .describe("why no more was read: all was, or a budget was used up; not-asked without --verify-content"),
    tooLarge: count.describe("blobs that are larger than the budget, so that no run with it verifies them"),
    round: z
      .strictObject({
        runs: count.nullable().describe("how many runs with this budget read all content once"),
        runsLeft: count.nullable().describe("how many more until all of it was read once more"),
        endsAt: z.iso.datetime().nullable().describe("when that will be, at the pace of the last two runs"),
      })
      .describe("null where nothing was read, or no earlier run is known"),
    roots: z.array(z.strictObject({ root: rootName, ...contentEvidence.shape })),
  })
  .describe("how far the content of blobs is verified, with --verify-content or where earlier runs are remembered");

export type ContentReport = Infer<typeof content>;
export type EvidenceReport = Infer<typeof contentEvidence>;
