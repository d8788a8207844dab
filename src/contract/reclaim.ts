// The shape of reclaim's report, as zod schemas.
import { z } from "zod";
import { lineSchema } from "./lines.ts";
import { count, digest, type Infer, investigatedRoot, readError, runShape, unreadable } from "./parts.ts";

const image = z.string().describe("repository:tag");

const manifest = z.strictObject({
  repository: z.string(),
  digest,
  bytes: count.describe("what is freed with it; a blob that several manifests name is counted for the first"),
  modified: z.string().meta({ format: "date-time", description: "when its revision link was written; ISO 8601, UTC" }),
  reason: z
    .enum(["untagged", "tag-removed"])
    .describe(
      "why it can go: nothing that is kept needs it, and no tag names it, or only such as the clean-up removes",
    ),
  tags: z.array(image).describe("the tags that the delete takes with it"),
});

const kept = z
  .strictObject({
    repository: z.string(),
    digest,
    reason: z.enum(["child", "referrer", "young", "layer-link", "repair", "damaged", "shared"]),
    by: z.string().exactOptional().describe("what it is kept for: repository:tag, or a digest of the repository"),
  })
  .describe("a manifest that no tag names and that is kept");

const stayingTag = z
  .strictObject({ image, reason: z.enum(["pushed-last", "same-digest"]) })
  .describe("a tag that the clean-up would remove, and that stays");

const root = z.strictObject({
  ...investigatedRoot.shape,
  refused: z.array(z.string()).describe("why nothing is offered, a sentence each; empty where it is"),
  freedBytes: count.describe("what a garbage collection without -m frees once the manifests are deleted"),
  freedAnywayBytes: count.describe("what it frees of that without any delete"),
  manifests: z.array(manifest).describe("what to delete, in this order: indexes before their children"),
  stayingTags: z.array(stayingTag),
  kept: z.array(kept),
});

const summary = {
  manifests: count,
  freedBytes: count,
  freedAnywayBytes: count,
  removedTags: count,
  kept: count,
};

const files = {
  list: z.string().nullable().describe("where the list is written, absolute; null where none was asked for or needed"),
  script: z.string().nullable().describe("where the script is that deletes over HTTP; likewise"),
  offlineScript: z.string().nullable().describe("where the script is for a registry that is stopped; likewise"),
  quarantine: z.string().nullable().describe("where that one moves things"),
};

export const reclaimReport = z
  .strictObject({
    ...runShape("reclaim"),
    olderThanMs: count.describe("how old a manifest must be to be deleted"),
    keepTags: count.nullable().describe("how many tags a repository keeps in the clean-up; null for all"),
    ...files,
    roots: z.array(root),
    notFound: z.array(z.string()).describe("what the list of tags to remove names, and no root has (any more)"),
    unreadable: z.array(unreadable).describe(readError),
    summary: z.strictObject(summary),
  })
  .meta({ title: "regfsck reclaim --format json" });

export const reclaimLine = lineSchema("reclaim", reclaimReport);

export type ReclaimReport = Infer<typeof reclaimReport>;
export type RootReclaimReport = ReclaimReport["roots"][number];
export type KeptReport = RootReclaimReport["kept"][number];
