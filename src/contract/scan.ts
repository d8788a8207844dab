// The shape of a scan's report, as zod schemas.
import { z } from "zod";
import { CAUSE_CODES } from "./cause.ts";
import { content } from "./content.ts";
import { FINDING_CODES, type FindingStream, ROLE_NAMES, SEVERITIES } from "./finding.ts";
import { lineSchema } from "./lines.ts";
import { count, digest, type Infer, investigatedRoot, relativePath, rootName, runShape, unreadable } from "./parts.ts";

const root = z.strictObject({
  ...investigatedRoot.shape,
  counts: z.strictObject({
    repositories: count,
    tags: count,
    revisions: count,
    manifests: count,
    indexes: count,
    layerLinks: count,
    blobs: count,
    blobBytes: count,
    uploads: count,
  }),
});

export const brokenTag = z
  .strictObject({
    root: rootName,
    repository: z.string(),
    tag: z.string(),
    digest: digest.nullable().describe("what the tag names; null where it names nothing"),
    platforms: z.array(z.string()).describe("the platforms that cannot be pulled; empty for an image of one platform"),
    findings: z.array(z.string()).describe("ids of the findings that break it"),
  })
  .describe("an image that a client cannot pull completely");

export const finding = z
  .strictObject({
    id: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .describe("the same for the same damage from run to run"),
    code: z.enum(FINDING_CODES),
    severity: z.enum(SEVERITIES),
    root: rootName,
    repository: z.string().exactOptional(),
    tag: z.string().exactOptional(),
    digest: digest.exactOptional(),
    parent: digest.exactOptional().describe("the manifest that references digest"),
    role: z.enum(ROLE_NAMES).exactOptional().describe("what digest is to its parent"),
    platform: z.string().exactOptional(),
    path: relativePath,
    message: z.string(),
    affects: z.array(z.string()).describe("repository:tag of every image that it breaks"),
    remedy: z.string(),
    docsUrl: z
      .string()
      .regex(/^docs\/findings\.md#[a-z-]+$/)
      .describe("where the code is explained, in this project's repository"),
    damage: z
      .strictObject({
        actual: digest.describe("what its bytes do hash to"),
        bytes: count,
        expectedBytes: count.nullable().describe("by the descriptor that names it; null where nothing does"),
        zeros: count.describe("bytes in blocks of 4 KiB that hold nothing but zeros"),
        firstZero: count.nullable().describe("where the first of these blocks begins"),
        firstDifference: z
          .strictObject({ offset: count, root: rootName })
          .nullable()
          .describe("the first byte that is other than in a sound copy, and the root that has the copy"),
        matchedAt: z.iso.datetime().nullable().describe("when it was last found to match, where that is remembered"),
        file: z
          .enum(["unchanged", "touched", "rewritten"])
          .nullable()
          .describe("what has become of its file since: by size and times; touched is another change time alone"),
      })
      .exactOptional()
      .describe("of corrupt content that --verify-content has looked at"),
    accepted: z
      .strictObject({ reason: z.string(), until: z.string() })
      .exactOptional()
      .describe("where the configuration accepts it: why, and the last day on which it does"),
    firstSeen: z.iso
      .datetime()
      .exactOptional()
      .describe("when a complete run first found it, where runs are remembered"),
  })
  .meta({ title: "Finding" });

export const cause = z
  .strictObject({
    code: z.enum(CAUSE_CODES),
    root: rootName,
    message: z.string().describe("what happened, in one sentence"),
    evidence: z
      .record(
        z.string(),
        z.union([z.string().describe("a path, a time (ISO 8601, UTC) or a name"), z.number().describe("a count")]),
      )
      .describe("what shows it; its members depend on the code"),
    findings: count.describe("findings that it explains"),
    images: count.describe("broken images that it explains"),
    fix: z.string().describe("the one thing to do, and what not to do"),
    next: z.string().describe("a command line that begins it"),
  })
  .describe("one event that explains many findings");

export const history = z.strictObject({
  since: z.iso.datetime().describe("when the last complete run was"),
  new: count,
  persisting: count,
  oldest: z.iso.datetime().nullable().describe("when the oldest of the persisting findings was first seen"),
  resolved: z.array(z.strictObject({ id: z.string(), code: z.string(), root: rootName, path: relativePath })),
});

export const summary = z.strictObject({
  error: count.describe("findings of this severity"),
  warning: count,
  info: count,
  brokenTags: count,
  accepted: count.describe("findings that the configuration accepts; the other counts leave them out"),
});

export const scanReport = z
  .strictObject({
    ...runShape("scan"),
    roots: z.array(root),
    causes: z.array(cause),
    brokenTags: z.array(brokenTag),
    findings: z.array(finding),
    unreadable: z.array(unreadable).describe("what could not be read, so that nothing is known about it"),
    content: content.exactOptional(),
    history: history.exactOptional().describe("what changed since the last complete run, where one is remembered"),
    summary,
  })
  .meta({ title: "regfsck scan --format json" });

export const scanLine = lineSchema("scan", scanReport);

/** Findings are made as they are asked for: a million of them are never held at once. */
export type ScanReport = Omit<Infer<typeof scanReport>, "findings"> & { readonly findings: FindingStream };
export type Verdict = ScanReport["verdict"];
export type RootReport = ScanReport["roots"][number];
export type BrokenTagReport = ScanReport["brokenTags"][number];
export type UnreadableReport = ScanReport["unreadable"][number];
export type HistoryReport = NonNullable<ScanReport["history"]>;
