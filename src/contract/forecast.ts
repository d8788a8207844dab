// The shape of a forecast's report, as zod schemas.
import { z } from "zod";
import type { Infer } from "./parts.ts";
import {
  count,
  digest,
  LAST_LINE,
  lineShape,
  relativePath,
  rootKind,
  rootName,
  runShape,
  unreadable,
} from "./parts.ts";

const abort = z.strictObject({
  path: relativePath,
  reason: z.string().describe("why collection aborts there, as docs/forecast.md lists it"),
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
    keptBy: z.array(z.string()).describe("what keeps the image, one sentence each"),
  })
  .describe("an image that is whole before, and broken after the collection");

const image = z.string().describe("repository:tag");
const manifest = z.string().describe("repository@digest");

const head = {
  name: rootName,
  path: z.string().describe("absolute"),
  kind: rootKind,
  deleteUntagged: z.boolean().describe("whether collection is run with -m"),
  keepTags: count.nullable().describe("how many tags a repository keeps in the clean-up; null for all"),
  outcome: z.enum(["completes", "aborts"]),
  abort: abort.nullable().describe("the abort that the collection meets first"),
};
const marked = count.describe("the N of N blobs marked");
const deletedBytes = count;
const correctlyFreedBytes = count.describe("what a collection that keeps children and referrers would free");

const root = z.strictObject({
  ...head,
  aborts: z.array(abort).describe("all places where it would abort, that one first"),
  marked,
  removedTags: z.array(image).describe("by the tag clean-up, before the collection"),
  deletedManifests: z.array(manifest).describe("where it aborts: what is gone by then"),
  deletedBlobs: z.array(digest),
  deletedBytes,
  correctlyFreedBytes,
  unseenRepositories: z.array(z.string()).describe("repositories with tags or revisions that collection cannot see"),
  breaks: z.array(broken),
});

export const forecastReport = z
  .strictObject({
    ...runShape("forecast"),
    roots: z.array(root),
    unreadable: z.array(unreadable).describe("what could not be read, so that nothing is known about it"),
  })
  .meta({ title: "regfsck forecast --format json" });

/** All lines but those of roots and of the summary, whose types have other names where other lines have theirs. */
export const forecastParts = [
  lineShape("break", { root: rootName, ...broken.shape }),
  lineShape("abort", { root: rootName, ...abort.shape }),
  lineShape("unseenRepository", { root: rootName, repository: z.string() }),
  lineShape("removedTag", { root: rootName, image }),
  lineShape("deletedManifest", { root: rootName, manifest }),
  lineShape("deletedBlob", { root: rootName, digest }),
] as const;
export const forecastRootShape = { ...head, marked, deletedBytes, correctlyFreedBytes };
export const forecastSummaryShape = {
  ...runShape("forecast"),
  breaks: count,
  aborts: count,
  unseenRepositories: count,
  marked: count,
  removedTags: count,
  deletedManifests: count,
  deletedBlobs: count,
  deletedBytes: count,
  correctlyFreedBytes: count,
};

export const forecastLine = z
  .discriminatedUnion("type", [
    lineShape("root", forecastRootShape).describe("a root, without its lists"),
    ...forecastParts,
    lineShape("unreadable", unreadable.shape),
    lineShape("summary", forecastSummaryShape).describe(LAST_LINE),
  ])
  .meta({ title: "a line of regfsck forecast --format jsonl" });

export type ForecastReport = Infer<typeof forecastReport>;
export type RootForecastReport = ForecastReport["roots"][number];
export type AbortReport = RootForecastReport["aborts"][number];
export type BreakReport = RootForecastReport["breaks"][number];
export type LostPartReport = BreakReport["lost"][number];
