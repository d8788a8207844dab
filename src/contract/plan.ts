// The shape of plan's report, as zod schemas.
import { z } from "zod";
import { content } from "./content.ts";
import { lineSchema } from "./lines.ts";
import {
  count,
  digest,
  type Infer,
  investigatedRoot,
  readError,
  relativePath,
  rootName,
  runShape,
  unreadable,
} from "./parts.ts";

const images = z.array(z.string());
const path = relativePath;
const repository = z.string();

const about = {
  message: z.string(),
  affects: images.describe("the broken images, repository:tag, that need this step"),
  fixes: images.describe("those of them that are pullable once all steps that they need are done"),
};

const step = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("clean").describe("move something into the quarantine"),
    root: rootName,
    repository: repository.exactOptional(),
    digest: digest.exactOptional(),
    path,
    reason: z.enum([
      "malformed-link",
      "useless-link",
      "orphan-link",
      "corrupt-blob",
      "folder-for-blob",
      "blocked-folder",
      "unexpected-file",
      "stray-entry",
    ]),
    content: digest.exactOptional().describe("what the link holds, of useless and orphan links"),
    ...about,
  }),
  z.strictObject({
    kind: z.literal("copy").describe("copy a blob from another root"),
    root: rootName,
    digest,
    path,
    size: count,
    from: rootName.describe("the root that has it, at the same path"),
    ...about,
  }),
  z.strictObject({
    kind: z.literal("folder").describe("create the empty directory by which garbage collection finds a repository"),
    root: rootName,
    repository,
    path,
    ...about,
  }),
  z.strictObject({
    kind: z.literal("relink").describe("write a link: the digest in content, and nothing else"),
    root: rootName,
    repository,
    path,
    content: digest,
    before: z.string().describe("what is there now: absent, malformed, or the digest that it holds instead"),
    blob: z
      .strictObject({ path, size: count, hash: z.boolean().describe("whether the script hashes it first") })
      .describe("what must be in the store"),
    restores: z.string().exactOptional().describe("the image, repository:tag, that --restore asks for"),
    ...about,
  }),
  z.strictObject({
    kind: z.literal("push").describe("a client has to push this manifest, byte for byte as it was"),
    root: rootName,
    repository,
    digest,
    platform: z.string().exactOptional(),
    pushManifest: z.boolean().describe("whether the manifest itself has to be pushed, not only its blobs"),
    known: z.boolean().describe("whether its content is known, so that blobs is all that it lacks"),
    blobs: z.array(z.strictObject({ digest, role: z.enum(["config", "layer"]), size: count.nullable() })),
    ...about,
  }),
  z.strictObject({
    kind: z.literal("rebuild").describe("the image is lost"),
    root: rootName,
    repository,
    tag: z.string(),
    digest: digest.nullable(),
    reason: z.string().describe("why no push of the same bytes helps"),
    ...about,
  }),
  z.strictObject({
    kind: z.literal("delete-tag").describe("the other way with an image that is lost"),
    root: rootName,
    repository,
    tag: z.string(),
    path,
    ...about,
  }),
]);

const root = z.strictObject({
  ...investigatedRoot.shape,
  fixedByScript: images.describe("broken images that the script fixes"),
  fixedByPush: images.describe("those that a push fixes after the script"),
  fixedByHand: images.describe("those that wait for what the script must not touch: see left, fix it, then plan again"),
  unrecoverable: images.describe("those that only a rebuild replaces"),
});

const restorable = z.strictObject({
  root: rootName,
  count: count.describe("how many there are"),
  manifests: z
    .array(
      z.strictObject({
        digest,
        platforms: z.array(z.string()).describe("of an image, or of an index's children"),
        modified: z.iso.datetime().describe("when it was written"),
        repositories: z
          .array(z.string())
          .describe("those that link it as a revision, or did, or that link its parts as layers"),
        formerTags: z.array(z.string()).describe("repository:tag of those that named it"),
      }),
    )
    .describe("the newest of them, 1,000 at most"),
});

const left = z
  .strictObject({ root: rootName, code: z.string(), count, reason: z.string() })
  .describe("findings that no step fixes");

const run = {
  ...runShape("plan"),
  contentVerified: z.boolean().describe("whether every blob was hashed"),
  content: content.exactOptional(),
  script: z.string().nullable().describe("where it is written, absolute; null where none was asked for or needed"),
  quarantine: z.string().nullable().describe("where the script moves things"),
};

const summary = {
  clean: count,
  copy: count,
  folder: count,
  relink: count,
  push: count,
  rebuild: count,
  brokenTags: count,
  fixedByScript: count,
  fixedByPush: count,
  fixedByHand: count,
};

export const planReport = z
  .strictObject({
    ...run,
    roots: z.array(root),
    steps: z.array(step).describe("those that fix most images come first"),
    left: z.array(left),
    restorable: z
      .array(restorable)
      .describe("manifests without a tag, complete in the store: --restore brings one back"),
    unreadable: z.array(unreadable).describe(readError),
    summary: z.strictObject(summary),
  })
  .meta({ title: "regfsck plan --format json" });

export const planLine = lineSchema("plan", planReport);

export type PlanReport = Infer<typeof planReport>;
export type RestorableReport = PlanReport["restorable"][number];
export type LeftReport = PlanReport["left"][number];
