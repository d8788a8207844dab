// The shape of usage's report, as zod schemas. All space is in bytes of blobs in the store, each counted once.
import { z } from "zod";
import { lineSchema } from "./lines.ts";
import {
  count,
  digest,
  type Infer,
  investigatedRoot,
  investigationShape,
  readError,
  rootName,
  unreadable,
} from "./parts.ts";

const root = z.strictObject({
  ...investigatedRoot.shape,
  repositories: count,
  tags: count,
  blobs: count,
  total: count.describe("all blobs: tagged and untagged and unreferenced"),
  tagged: count.describe("what some tag needs"),
  untagged: count.describe("what only manifests without a tag need"),
  unreferenced: count.describe("what nothing needs"),
  reclaimable: count.describe("what no tag needs: untagged and unreferenced"),
  uploads: count.describe("unfinished uploads, which are not blobs yet"),
  orphanedReferrers: z
    .strictObject({
      bytes: count.describe("of all of them, each blob once"),
      entries: z.array(
        z.strictObject({
          repository: z.string(),
          tag: z.string().nullable().describe("null for one that only names its image as its subject"),
          digest: digest.describe("its own manifest"),
          subject: digest.describe("the image that is gone"),
          bytes: count,
        }),
      ),
    })
    .describe("signatures, attestations and other referrers whose image is gone"),
  emptiedRepositories: z.array(z.string()).describe("still in the catalogue, and nothing left in them"),
});

const entry = z.strictObject({
  root: rootName,
  repository: z.string(),
  tag: z.string().exactOptional(),
  digest: digest.nullable().exactOptional().describe("of tags: what it names; null where it names nothing"),
  tags: count.exactOptional().describe("of repositories: how many"),
  total: count,
  unique: count.describe("what would be free without it"),
  shared: count.describe("total less unique"),
  untagged: count.exactOptional().describe("of repositories: what its manifests without a tag need, and no tag"),
  uploads: count.exactOptional().describe("of repositories: unfinished uploads"),
});

const choice = {
  by: z.enum(["repository", "tag"]),
  sort: z.enum(["total", "unique", "name"]),
  top: count.nullable().describe("how many entries were asked for; null for all"),
  allEntries: count.describe("how many there are in all"),
};

export const usageReport = z
  .strictObject({
    ...investigationShape("usage"),
    roots: z.array(root),
    ...choice,
    entries: z.array(entry),
    unreadable: z.array(unreadable).describe(readError),
  })
  .meta({ title: "regfsck usage --format json" });

export const usageLine = lineSchema("usage", usageReport);

export type UsageReport = Infer<typeof usageReport>;
export type RootUsageReport = UsageReport["roots"][number];
export type UsageEntry = UsageReport["entries"][number];
