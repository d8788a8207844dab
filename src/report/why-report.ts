// What why says of blobs: the type of its schema.
import type { Infer } from "./schema-parts.ts";
import type { whyReport } from "./why-schema.ts";

export type WhyReport = Infer<typeof whyReport>;
export type BlobReport = WhyReport["blobs"][number];
export type HeldBy = BlobReport["heldBy"];
export type ReferenceReport = BlobReport["references"][number];
export type TagReport = BlobReport["tags"][number];
export type LinkReport = BlobReport["links"][number];
export type CollectionReport = BlobReport["collection"]["plain"];
