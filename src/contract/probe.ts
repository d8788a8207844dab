// The shape of a probe's report, as zod schemas: a scan's, of what a registry answers over HTTP.
import { z } from "zod";
import { lineSchema } from "./lines.ts";
import { count, digest, type Infer, investigatedRoot, rootName, runShape, unreadable } from "./parts.ts";
import { REGISTRIES } from "./run.ts";
import { brokenTag, cause, finding, history, summary } from "./scan.ts";

/** The registry that was asked stands where a scan's storage roots are. */
const registry = z.strictObject({
  name: rootName.describe("host and port, as in the names of images"),
  url: z.string().describe("its address"),
  counts: z.strictObject({
    repositories: count.describe("in the catalogue, or of the images that were asked for"),
    tags: count.describe("in these repositories, or images that were asked for"),
    checked: count.describe("images of which this run asked for every part"),
    manifests: count.describe(
      "that were asked for, by tag or digest, once a repository, and again where something seemed broken",
    ),
    blobs: count.describe("configs and layers that were asked for, likewise"),
    requests: count,
  }),
});

const image = z.strictObject({
  image: z.string().describe("repository:tag, or repository@digest"),
  repository: z.string(),
  tag: z.string().nullable().describe("null where it was asked for by digest"),
  digest: digest.nullable().describe("of its manifest; null where that was not served"),
  state: z.enum(["pullable", "broken", "unknown"]).describe("unknown: not broken as far as the registry answered"),
  platforms: z.array(z.string()).describe("those that cannot be pulled; empty for an image of one platform"),
  parts: count.describe("manifests, configs and layers that are served as they should be"),
  bytes: count.describe("of these, each counted once"),
});

const probeFinding = z
  .strictObject({
    ...finding.shape,
    path: z.string().describe("what was asked for, relative to the registry's address"),
    answer: z
      .enum(["not-found", "server-error", "cut-off", "wrong-content", "wrong-size", "invalid", "no-digest"])
      .describe("what is wrong with what the registry answers; no-digest: nobody can ask for it"),
    status: z
      .int()
      .nullable()
      .describe("the HTTP status that it got; null where the connection was cut off, or nothing can be asked"),
  })
  .meta({ title: "ProbeFinding" });

const side = z.enum(["pullable", "broken", "absent"]);

const disk = z
  .strictObject({
    root: investigatedRoot,
    registry: z.enum(REGISTRIES).describe("the release that the disk's side is about"),
    agreed: z
      .strictObject({ pullable: count, broken: count })
      .describe("images of which disk and registry say the same"),
    differences: z.array(
      z.strictObject({
        image: z.string().describe("repository:tag, or repository@digest"),
        disk: side.describe("what the storage root says"),
        http: side.describe("what the registry answers; absent: it does not list the tag"),
        reason: z
          .enum(["descriptor-cache", "other-storage"])
          .describe(
            "descriptor-cache: served though the disk lacks it; other-storage: the registry is about something else",
          ),
      }),
    ),
  })
  .describe("with --root: disk and registry side by side");

const { registry: _, ...run } = runShape("probe");

export const probeReport = z
  .strictObject({
    ...run,
    contentVerified: z.boolean().describe("whether every blob was read and hashed, not configs alone"),
    roots: z.array(registry),
    images: z.array(image).describe("all that were checked"),
    causes: z.array(cause),
    brokenTags: z.array(
      z.strictObject({
        ...brokenTag.shape,
        tag: z.string().nullable().describe("null where it was asked for by digest"),
      }),
    ),
    findings: z.array(probeFinding),
    unreadable: z
      .array(z.strictObject({ ...unreadable.shape, path: z.string().describe("relative to the registry's address") }))
      .describe("what the registry gave no answer about, so that nothing is known about it"),
    disk: disk.exactOptional(),
    history: history.exactOptional().describe("what changed since the last complete run, where one is remembered"),
    summary,
  })
  .meta({ title: "regfsck probe --format json" });

export const probeLine = lineSchema("probe", probeReport);

export type ProbeReport = Infer<typeof probeReport>;
export type ProbeFinding = ProbeReport["findings"][number];
export type ProbedImageReport = ProbeReport["images"][number];
export type DiskReport = NonNullable<ProbeReport["disk"]>;
export type SideState = DiskReport["differences"][number]["disk"];
export type RegistryReport = ProbeReport["roots"][number];
