// The shape of verify's report, as zod schemas.
import { z } from "zod";
import { contentEvidence } from "./content.ts";
import { lineSchema } from "./lines.ts";
import { count, digest, type Infer, investigatedRoot, readError, rootName, runShape, unreadable } from "./parts.ts";
import { finding } from "./scan.ts";

const status = z.union([z.literal(200), z.literal(404), z.literal(500)]).nullable();

const part = z.strictObject({
  role: z
    .enum(["manifest", "child", "config", "layer"])
    .describe("what it is to its parent; manifest: the image itself"),
  depth: count.describe("how many manifests are above it"),
  digest: digest.describe("what it is asked for by"),
  parent: digest.nullable().describe("the manifest that names it; null for the image itself"),
  kind: z.enum(["image", "index", "schema1"]).exactOptional().describe("of a manifest that could be read"),
  platform: z.string().exactOptional(),
  size: count.nullable().describe("the size in its descriptor, in bytes"),
  bytes: count.nullable().describe("what is in the store; null where nothing is"),
  linked: z.boolean().nullable().describe("whether its repository links it; null where that could not be read"),
  stored: z.boolean().nullable().describe("whether its data is in the store; null where that could not be read"),
  status: status.describe("the HTTP status; null where a cache would ask its upstream, or it cannot be known"),
  answer: z
    .enum([
      "served",
      "not-linked",
      "no-data",
      "not-a-digest",
      "broken-link",
      "broken-store",
      "invalid",
      "closed",
      "unknown",
    ])
    .describe("why it is answered so"),
  failure: z
    .enum([
      "refused-reference",
      "wrong-size",
      "wrong-content",
      "invalid-manifest",
      "broken-link",
      "dangling-tag",
      "broken-tag",
      "closed",
    ])
    .exactOptional()
    .describe("how a client that gets here fails"),
  reached: z.boolean().describe("whether a client gets so far: all above it is served, and as it should be"),
  foreign: z.boolean().describe("whether clients fetch it from elsewhere"),
  repeated: z.boolean().describe("whether its own parts are listed further up"),
  notNeeded: z
    .enum(["attestation", "unwanted"])
    .exactOptional()
    .describe("why the image is pullable without it: provenance, or a platform that the configuration does not want"),
});

const image = z.strictObject({
  root: rootName,
  image: z.string().describe("as it was asked for"),
  repository: z.string(),
  tag: z.string().nullable(),
  digest: digest.nullable().describe("of its manifest; null where the tag names none"),
  state: z.enum(["pullable", "broken", "unknown"]).describe("unknown: not broken as far as could be read"),
  platforms: z.array(z.string()).describe("those that cannot be pulled; empty for an image of one platform"),
  tagStatus: status.describe("what the tag answers; null for an image by digest"),
  bytes: count.describe("of its blobs in the store, each counted once"),
  content: contentEvidence
    .exactOptional()
    .describe("when its blobs were last verified, with --content-record or --verify-content"),
  parts: z.array(part).describe("in the order in which manifests name them"),
  findings: z.array(finding).describe("why it is broken, as a scan reports it; affects names this image alone"),
});

const run = { ...runShape("verify"), contentVerified: z.boolean().describe("whether every blob was hashed") };

export const verifyReport = z
  .strictObject({
    ...run,
    roots: z.array(investigatedRoot),
    images: z.array(image),
    unreadable: z.array(unreadable).describe(readError),
  })
  .meta({ title: "regfsck verify --format json" });

export const verifyLine = lineSchema("verify", verifyReport);

export type VerifyReport = Infer<typeof verifyReport>;
export type ImageReport = VerifyReport["images"][number];
export type ImagePartReport = ImageReport["parts"][number];
