// The shape of a forecast's report, as zod schemas.
import { z } from "zod";
import { lineSchema } from "./lines.ts";
import { count, digest, type Infer, investigatedRoot, relativePath, runShape, unreadable } from "./parts.ts";

const abort = z.strictObject({
  path: relativePath,
  reason: z.string().describe("why garbage collection aborts there, as docs/forecast.md lists it"),
  message: z.string(),
});

const broken = z
  .strictObject({
    repository: z.string(),
    tag: z.string(),
    digest: digest.describe("what the tag names"),
    phase: z
      .enum(["delete", "garbage-collection"])
      .describe("whether the deletes over HTTP break it, at once, or garbage collection does"),
    lost: z.array(
      z.strictObject({
        digest,
        role: z.enum(["manifest", "child", "config", "layer"]),
        platform: z.string().exactOptional(),
      }),
    ),
    keptBy: z.array(z.string()).describe("what would keep the image, one sentence each"),
  })
  .describe("an image that is pullable before, and broken after deletes and garbage collection");

const harmed = z
  .strictObject({
    repository: z.string(),
    tag: z.string().nullable().describe("null for a manifest that no tag names"),
    digest: digest.describe("of the image's manifest"),
    taken: z.array(
      z.strictObject({
        digest,
        role: z.enum(["manifest", "child", "config", "layer"]),
        platform: z.string().exactOptional(),
        served: z.boolean().describe("whether clients get it today; else it is content that a repair needs"),
      }),
    ),
  })
  .describe("an image that is broken before, or a manifest that no tag names, and what is taken of it");

const image = z.string().describe("repository:tag");
const manifest = z.string().describe("repository@digest");

const refusedTag = z
  .strictObject({
    repository: z.string(),
    tag: z.string(),
    digest: digest.describe("of the tag's manifest"),
    refused: z.array(
      z.strictObject({ digest, reason: z.enum(["schema1", "unreadable", "linked-as-layer"]), message: z.string() }),
    ),
  })
  .describe("a tag that the release of the registry before serves and this one does not");

const cleanUpWarning = z
  .strictObject({
    image,
    reason: z.enum(["pushed-last", "tie", "lost-signature", "outlives-image"]),
    message: z.string(),
  })
  .describe("a tag that the clean-up removes, or keeps, and nobody may have meant it to");

const deleted = z
  .strictObject({
    image: z.string().describe("repository:tag or repository@digest, as it was given"),
    answer: z.enum(["deleted", "not-served", "fails", "fails-half-way", "refused", "unknown"]),
    digest: digest.nullable().describe("what the DELETE names; null where it comes to none"),
    tags: z.array(image).describe("all tags that go with it, its own included"),
  })
  .describe("what a client deletes over HTTP before all else");

const root = z.strictObject({
  ...investigatedRoot.shape,
  deleteUntagged: z.boolean().describe("whether garbage collection runs with -m"),
  keepTags: count.nullable().describe("how many tags a repository keeps in the clean-up; null for all"),
  outcome: z.enum(["completes", "aborts"]),
  abort: abort.nullable().describe("the first place where garbage collection aborts"),
  aborts: z.array(abort).describe("all places where it would abort, that one first"),
  marked: count.describe("the N of N blobs marked"),
  deletes: z.array(deleted).describe("in their order; of what other roots have, nothing"),
  removedTags: z.array(image).describe("by the tag clean-up, before garbage collection and after the deletes"),
  cleanUpWarnings: z.array(cleanUpWarning),
  refusedTags: z.array(refusedTag),
  deletedManifests: z.array(manifest).describe("where it aborts: what is gone by then"),
  deletedBlobs: z.array(digest),
  deletedBytes: count,
  deletedLayerLinks: z.array(manifest).describe("repository@digest of layer links, which registry 3 deletes"),
  safeToFreeBytes: count.describe("safe to free: what garbage collection would free if it kept children and referrers"),
  reclaimable: z
    .strictObject({ manifests: count, freedBytes: count })
    .nullable()
    .describe(
      "where garbage collection completes and frees nothing: what regfsck reclaim would delete and free, after the same clean-up; null elsewhere, and where it offers nothing",
    ),
  unseenRepositories: z
    .array(z.string())
    .describe("repositories with tags or revisions that garbage collection does not see"),
  breaks: z.array(broken),
  losesRepair: z.array(harmed),
});

export const forecastReport = z
  .strictObject({
    ...runShape("forecast"),
    roots: z.array(root),
    notFound: z
      .array(z.string())
      .describe("what the lists of tags to remove and of images to delete name, and no root has (any more)"),
    unreadable: z.array(unreadable).describe("what could not be read, so that nothing is known about it"),
  })
  .meta({ title: "regfsck forecast --format json" });

export const forecastLine = lineSchema("forecast", forecastReport);

export type ForecastReport = Infer<typeof forecastReport>;
export type RootForecastReport = ForecastReport["roots"][number];
export type AbortReport = RootForecastReport["aborts"][number];
export type BreakReport = RootForecastReport["breaks"][number];
export type RefusedTagReport = RootForecastReport["refusedTags"][number];
export type DeleteReport = RootForecastReport["deletes"][number];
export type HarmReport = RootForecastReport["losesRepair"][number];
