// One image of one root, from disk to what a client that pulls it would meet.
import { setTimeout as sleep } from "node:timers/promises";
import { type CheckContext, checkContext } from "../checks/context.ts";
import { type Finding, ROLE_NAMES } from "../contract/finding.ts";
import type { ImagePartReport, ImageReport } from "../contract/verify.ts";
import type { User } from "../facts/closed.ts";
import { DiskState, isBroken, ManifestKind, type Unreadable } from "../facts/facts.ts";
import { Configs } from "../graph/configs.ts";
import { RootGraph } from "../graph/root-graph.ts";
import type { ContentTotals } from "../inspect/content/root-content.ts";
import type { ContentVerification } from "../inspect/content/verify-content.ts";
import { hashWrongSizes } from "../inspect/wrong-sizes.ts";
import { blobData } from "../layout/paths.ts";
import type { Rules } from "../registry/rules.ts";
import type { WantedPlatforms } from "../registry/serve/child-needs.ts";
import { type ImagePart, imageParts, statusOf } from "../registry/serve/image-tree.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { Judge, judging } from "../scan/fs/judging-fs.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { MOST_CONTENT, readContents } from "../scan/read-contents.ts";
import { BY_DIGEST, type ImageFacts, readImage, readImageBlobs } from "../scan/read-image.ts";
import type { Progress } from "../scan/reader.ts";
import { evidenceReport } from "./content-report.ts";
import type { ImageName } from "./image-name.ts";

export interface VerifyImageOptions {
  /** Those of the registry that the verdict is about. */
  readonly rules: Rules;
  /** Whether to hash every blob, not manifests and configs alone. */
  readonly verifyContent: boolean;
  /** What reads its content, or knows when it was read; undefined for neither. */
  contentOf(): ContentVerification | undefined;
  readonly progress: Progress;
  /** The platforms that repositories are to have, where not all. */
  readonly platforms: readonly WantedPlatforms[];
  /** Who serves the registry, where an option says so. */
  readonly servedBy: User | undefined;
}

export interface VerifiedImage {
  readonly report: ImageReport;
  readonly unreadable: readonly Unreadable[];
}

/** How long to wait before what is not whole is read again (ms): a push may be under way. */
const PAUSES = [20, 200, 1000];

/** Undefined where the root has no such image. */
export async function verifyImage(
  storageFs: StorageFs,
  root: StorageRoot,
  image: ImageName,
  options: VerifyImageOptions,
): Promise<VerifiedImage | undefined> {
  let verified = await verifyOnce(storageFs, root, image, options);
  for (const pause of PAUSES) {
    if (!verified || verified.report.state === "pullable") return verified;
    await sleep(pause);
    const again = await verifyOnce(storageFs, root, image, options);
    if (JSON.stringify(again) === JSON.stringify(verified)) return again;
    verified = again;
  }
  if (!verified || verified.report.state === "pullable") return verified;
  const moving = { path: image.text, error: "kept changing while it was read" };
  return {
    report: { ...verified.report, state: "unknown", findings: [] },
    unreadable: [...verified.unreadable, moving],
  };
}

async function verifyOnce(
  storageFs: StorageFs,
  root: StorageRoot,
  image: ImageName,
  { rules, verifyContent, progress, platforms, servedBy, contentOf }: VerifyImageOptions,
): Promise<VerifiedImage | undefined> {
  const user = servedBy?.uid === 0 ? undefined : servedBy;
  const judge = user && new Judge(storageFs, root.path, { ...user, isNamed: true });
  const judgedFs = judge ? judging(storageFs, judge) : storageFs;
  const facts = readImage(judgedFs, root.path, image, rules.manifests);
  if (!facts) return undefined;
  const unreadable = [...facts.repository.unreadable];
  const graph = graphOf(facts, rules, unreadable);
  let done = 0;
  for (const blobs of readImageBlobs(judgedFs, root.path, facts.blobs)) {
    graph.addBlobs(blobs);
    unreadable.push(...blobs.unreadable);
    done += blobs.states.length;
    progress("blobs", done, facts.blobs.length);
  }
  if (!verifyContent) hashConfigs(storageFs, root.path, graph, unreadable);
  const content = contentOf();
  if (content) {
    const target = { name: root.name, path: root.path, graph, note: (entry: Unreadable) => unreadable.push(entry) };
    await content.verify(storageFs, [target], progress);
  }
  const judged = user && judge ? { registryUser: { ...user, isNamed: true }, closed: judge.closed } : {};
  const context = checkContext(root, graph, rules, { platforms, ...judged });
  hashWrongSizes(storageFs, root.path, graph, context.pull.problems);
  const totals = content?.totals(root.path);
  return { report: await reportOf(root, image, context, totals, unreadable.length === 0), unreadable };
}

/** As a scan does. */
function hashConfigs(storageFs: StorageFs, root: string, graph: RootGraph, unreadable: Unreadable[]): void {
  const blobs = new Configs(graph, MOST_CONTENT).take();
  const sizes = Float64Array.from(blobs, (blob) => graph.blobSize(blob));
  const facts = readContents(storageFs, root, graph.pack(blobs), sizes);
  graph.addContents(blobs, facts);
  for (const [row, error] of facts.errors) unreadable.push({ path: blobData(graph.digests.text(blobs[row]!)), error });
}

/** The graph of a root that holds nothing else, so that what answers for a whole root answers for this image. */
function graphOf(facts: ImageFacts, { servesByLayerLink }: Rules, unreadable: Unreadable[]): RootGraph {
  const graph = new RootGraph(servesByLayerLink);
  graph.addRepository(facts.repository);
  for (const { digests, facts: manifests } of facts.manifests) {
    graph.addManifests(
      digests.map((digest) => graph.digests.addText(digest)),
      manifests,
    );
    for (const [row, error] of manifests.errors) unreadable.push({ path: blobData(digests[row]!), error });
  }
  return graph;
}

async function reportOf(
  root: StorageRoot,
  image: ImageName,
  context: CheckContext,
  content: ContentTotals | undefined,
  isComplete: boolean,
): Promise<ImageReport> {
  const { graph, pull } = context;
  const repository = graph.repository(0);
  const [broken] = pull.brokenTags;
  const target = graph.tags.target(0);
  const parts = target < 0 ? [] : imageParts(graph, repository, target, pull.problems, pull.rules);
  const state = graph.tags.state(0);
  const [first] = parts;
  const tagStatus = first ? statusHere(root, first) : isBroken(state) ? 500 : state === DiskState.absent ? 404 : null;
  return {
    root: root.name,
    image: image.text,
    repository: repository.name,
    tag: image.tag ?? null,
    digest: target < 0 ? null : graph.digests.text(target),
    state: broken ? "broken" : isComplete ? "pullable" : "unknown",
    platforms: broken?.platforms ?? [],
    tagStatus: image.tag === undefined ? null : tagStatus,
    bytes: storedBytes(graph, parts),
    ...(content && { content: evidenceReport(content) }),
    parts: parts.map((part) => partReport(root, graph, part)),
    // What a pull-through cache has lost may still break a pull, until it is restarted.
    findings: broken || root.kind === "cache" ? await findingsOf(context, image) : [],
  };
}

/** What breaks the image, in the words of a scan. The checks are loaded for what is broken alone. */
async function findingsOf(context: CheckContext, image: ImageName): Promise<Finding[]> {
  const [{ toFinding }, { RootFindings }] = await Promise.all([
    import("../checks/index.ts"),
    import("../checks/root-findings.ts"),
  ]);
  const breaking = [...RootFindings.find(context)].filter(({ check, found }) => {
    if (check.code === "expired-blob") return true;
    const { tag, tags } = check.draft(context, found);
    // There is no tag that could be at fault where the image was asked for by digest.
    return tags.length > 0 && (tag === undefined || !isByDigest(context));
  });
  return breaking.map((found) => {
    const finding = toFinding(context, found);
    return finding.code === "expired-blob" ? finding : { ...finding, affects: [image.text] };
  });
}

function isByDigest({ graph }: CheckContext): boolean {
  return graph.tags.name(0) === BY_DIGEST;
}

function partReport(root: StorageRoot, graph: RootGraph, part: ImagePart): ImagePartReport {
  const { depth, digest, parent, reference, reply, manifest, failure } = part;
  const { manifests } = graph;
  const platform = reference < 0 ? undefined : manifests.platform(reference);
  const size = reference < 0 ? -1 : manifests.targetSize(reference);
  const kind = manifest >= 0 && manifests.isParsed(manifest) ? KINDS[manifests.kind(manifest)] : undefined;
  const state = graph.digests.isDigest(digest)
    ? graph.blobState(reply.blob < 0 ? digest : reply.blob)
    : DiskState.absent;
  return {
    role: part.role === undefined ? "manifest" : ROLE_NAMES[part.role],
    depth,
    digest: graph.digests.text(digest),
    parent: parent < 0 ? null : graph.digests.text(parent),
    ...(kind && { kind }),
    ...(platform !== undefined && { platform }),
    size: size >= 0 ? size : null,
    bytes: state === DiskState.ok ? graph.blobSize(reply.blob < 0 ? digest : reply.blob) : null,
    linked: isLinked(part),
    stored: state === DiskState.unreadable ? null : state === DiskState.ok,
    status: statusHere(root, part),
    answer: reply.answer,
    ...(failure && { failure }),
    reached: part.isReached,
    foreign: reference >= 0 && manifests.isForeign(reference),
    repeated: part.isRepeated,
    ...(part.need !== "required" && { notNeeded: part.need }),
  };
}

const KINDS: Readonly<Record<number, "image" | "index" | "schema1">> = {
  [ManifestKind.image]: "image",
  [ManifestKind.index]: "index",
  [ManifestKind.schema1]: "schema1",
};

/** What is not in a pull-through cache it asks its upstream for, so its own disk does not decide the answer. */
function statusHere({ kind }: StorageRoot, { reply: { answer } }: ImagePart): ImagePartReport["status"] {
  const isMissing = answer === "not-linked" || answer === "no-data";
  return kind === "cache" && isMissing ? null : (statusOf(answer) ?? null);
}

function isLinked({ reply: { answer, blob } }: ImagePart): boolean | null {
  if (answer === "not-linked" || answer === "not-a-digest") return false;
  return answer === "unknown" && blob < 0 ? null : true;
}

function storedBytes(graph: RootGraph, parts: readonly ImagePart[]): number {
  const blobs = new Set(parts.map(({ digest, reply }) => (reply.blob < 0 ? digest : reply.blob)));
  let bytes = 0;
  for (const blob of blobs) if (graph.blobState(blob) === DiskState.ok) bytes += graph.blobSize(blob);
  return bytes;
}
