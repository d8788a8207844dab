// The shape of why's report, as zod schemas.
import { z } from "zod";
import { lineSchema } from "./lines.ts";
import {
  count,
  digest,
  type Infer,
  investigatedRoot,
  investigationShape,
  readError,
  relativePath,
  rootName,
  unreadable,
} from "./parts.ts";

const reference = z.strictObject({
  kind: z
    .enum(["config", "layer", "child", "subject", "referrer", "alias"])
    .describe("to is this of from; referrer: to names from as its subject; alias: a link under from holds to"),
  from: digest,
  to: digest,
  platform: z.string().exactOptional().describe("the one that an index gives its child"),
  repository: z.string().exactOptional().describe("the only one in which it holds, of referrers and aliases"),
});

const link = z.strictObject({
  repository: z.string(),
  kind: z.enum(["layer", "revision"]),
  place: digest.describe("the digest in its path"),
  target: digest.nullable().describe("the digest that it holds; null where that is invalid or could not be read"),
});

const outcome = z.strictObject({
  outcome: z
    .enum(["kept", "deleted", "aborts", "absent"])
    .describe("aborts: garbage collection ends before it deletes any blob; absent: it is not in the store"),
  unlinkedIn: z.array(z.string()).describe("repositories that lose their revision link to it"),
  abort: z.strictObject({ path: relativePath, reason: z.string(), message: z.string() }).nullable(),
});

const blob = z.strictObject({
  root: rootName,
  digest,
  known: z.boolean().describe("whether the store, a link, a tag or a manifest of the root mentions it"),
  stored: z.boolean().nullable().describe("null where that could not be read"),
  bytes: count.nullable(),
  modified: z.iso.datetime().nullable().describe("when its data was written"),
  kind: z.enum(["index", "image", "schema1"]).nullable().describe("of what is served as a manifest"),
  heldBy: z
    .enum(["tag", "untagged-manifest", "layer-link", "nothing"])
    .describe("the strongest of what holds it; layer-link: garbage collection ignores those"),
  references: z.array(reference).describe("every step of every way up to tags, those next to the blob first"),
  tags: z.array(
    z.strictObject({
      repository: z.string(),
      tag: z.string(),
      digest: digest.describe("what it names"),
      notNeeded: z
        .enum(["attestation", "unwanted"])
        .exactOptional()
        .describe("why its image is pullable without: provenance, or a platform that the configuration does not want"),
    }),
  ),
  links: z.array(link),
  formerTags: z
    .array(z.strictObject({ repository: z.string(), tag: z.string() }))
    .describe("tags that named it before"),
  garbageCollection: z
    .strictObject({
      seesAborts: z
        .boolean()
        .describe(
          "whether it was looked for what makes it abort: where a scan looks, and in the folders of the digests asked for; not with an index",
        ),
      plain: outcome,
      deleteUntagged: outcome,
    })
    .describe("what garbage-collect would do with it, without and with -m"),
});

export const whyReport = z
  .strictObject({
    ...investigationShape("why"),
    roots: z.array(investigatedRoot),
    blobs: z.array(blob).describe("by digest as asked for, then by root"),
    unreadable: z.array(unreadable).describe(readError),
  })
  .meta({ title: "regfsck why --format json" });

export const whyLine = lineSchema("why", whyReport);

export type WhyReport = Infer<typeof whyReport>;
export type BlobReport = WhyReport["blobs"][number];
export type HeldBy = BlobReport["heldBy"];
export type ReferenceReport = BlobReport["references"][number];
export type TagReport = BlobReport["tags"][number];
export type LinkReport = BlobReport["links"][number];
export type CollectionReport = BlobReport["garbageCollection"]["plain"];
