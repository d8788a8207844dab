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
    lost: z.array(
      z.strictObject({
        digest,
        role: z.enum(["manifest", "child", "config", "layer"]),
        platform: z.string().exactOptional(),
      }),
    ),
    keptBy: z.array(z.string()).describe("what would keep the image, one sentence each"),
  })
  .describe("an image that is pullable before garbage collection, and broken after it");

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
  .describe("an image that is broken before, or a manifest that no tag names, and what garbage collection takes of it");

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

const root = z.strictObject({
  ...investigatedRoot.shape,
  deleteUntagged: z.boolean().describe("whether garbage collection runs with -m"),
  keepTags: count.nullable().describe("how many tags a repository keeps in the clean-up; null for all"),
  outcome: z.enum(["completes", "aborts"]),
  abort: abort.nullable().describe("the first place where garbage collection aborts"),
  aborts: z.array(abort).describe("all places where it would abort, that one first"),
  marked: count.describe("the N of N blobs marked"),
  removedTags: z.array(image).describe("by the tag clean-up, before garbage collection"),
  cleanUpWarnings: z.array(cleanUpWarning),
  refusedTags: z.array(refusedTag),
  deletedManifests: z.array(manifest).describe("where it aborts: what is gone by then"),
  deletedBlobs: z.array(digest),
  deletedBytes: count,
  deletedLayerLinks: z.array(manifest).describe("repository@digest of layer links, which registry 3 deletes"),
  safeToFreeBytes: count.describe("safe to free: what garbage collection would free if it kept children and referrers"),
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
    unreadable: z.array(unreadable).describe("what could not be read, so that nothing is known about it"),
  })
  .meta({ title: "regfsck forecast --format json" });

export const forecastLine = lineSchema("forecast", forecastReport);

export type ForecastReport = Infer<typeof forecastReport>;
export type RootForecastReport = ForecastReport["roots"][number];
export type AbortReport = RootForecastReport["aborts"][number];
export type BreakReport = RootForecastReport["breaks"][number];
export type RefusedTagReport = RootForecastReport["refusedTags"][number];
export type LostPartReport = BreakReport["lost"][number];
export type HarmReport = RootForecastReport["losesRepair"][number];
