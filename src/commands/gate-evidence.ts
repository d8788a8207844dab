// What a gate decides on besides the reports of its scan and forecast: ages, owners, shares, what the last run saw.
import type { ScanReport, UnreadableReport } from "../contract/scan.ts";
import type { User } from "../facts/closed.ts";
import { DiskState } from "../facts/facts.ts";
import { readAsCollector } from "../inspect/collector-reading.ts";
import type { ContentVerification } from "../inspect/content/verify-content.ts";
import { type Deletions, lookAtDeletions } from "../inspect/deletions.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { sharedTags } from "../inspect/shared-tags.ts";
import { inTurns } from "../inspect/turns.ts";
import { BLOBS } from "../layout/paths.ts";
import type { Collection } from "../registry/collect/collection.ts";
import { uploadsSince } from "../registry/collect/forecast.ts";
import type { Vanished } from "../report/history.ts";
import { majorityOwner } from "../scan/access.ts";
import { noting } from "../scan/fs/noting-fs.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { repositoryNames } from "../scan/list-namespace.ts";
import { neighbourRoots } from "../scan/neighbour-roots.ts";
import { sharedParts } from "../scan/shared-parts.ts";
import { formatBytes, formatNumberOf } from "../text/quantities.ts";
import type { RootEvidence } from "./decide.ts";
import type { RootForecast } from "./forecast-report.ts";
import { notingIn } from "./identities.ts";

export interface EvidenceOptions {
  /** Milliseconds since 1970: what was written after that is young. */
  readonly since: number;
  /** Who collects; undefined for whom most of the storage belongs to. */
  readonly collector: User | undefined;
  readonly deleteUntagged: boolean;
}

/** The evidence of each root. Notes in `unreadable` what cannot be read. */
export async function rootEvidence(
  storageFs: StorageFs,
  forecasts: readonly RootForecast[],
  vanished: ReadonlyMap<string, Vanished>,
  { since, collector, deleteUntagged }: EvidenceOptions,
  unreadable: UnreadableReport[],
): Promise<RootEvidence[]> {
  const roots: RootEvidence[] = [];
  for (const one of forecasts) {
    const { root, namespace } = one.inspection;
    const fs = notingIn(storageFs, root, unreadable);
    const user = collector ?? majorityOwner(fs, root.path, repositoryNames(namespace));
    const { rules, graph, catalogue } = one.inspection.context;
    const removedTags = one.cleanUp.goneTags;
    const checks = { since, collector: user, removedTags };
    const deletions = await inTurns(lookAtDeletions(storageFs, root.path, graph, one.forecast.collection, checks));
    const collected = { path: root.path, rules, namespace, graph, catalogue };
    const reading =
      user && (await inTurns(readAsCollector(storageFs, collected, { deleteUntagged, removedTags }, user)));
    for (const entry of [...deletions.unreadable, ...(reading?.unreadable ?? [])]) {
      unreadable.push({ root: root.name, ...entry });
    }
    roots.push({
      ...evidenceOf(one, deletions, user, vanished.get(root.name)?.repositories ?? []),
      closed: reading?.closed ?? [],
    });
  }
  return roots;
}

function evidenceOf(
  { inspection: { root, context }, forecast: { collection } }: RootForecast,
  { young, refused, immutable }: Deletions,
  user: User | undefined,
  vanished: readonly string[],
): Omit<RootEvidence, "closed"> {
  let [blobs, bytes] = [0, 0];
  for (let digest = 0; digest < context.graph.digests.length; digest++) {
    if (context.graph.blobState(digest) !== DiskState.ok) continue;
    blobs++;
    bytes += context.graph.blobSize(digest);
  }
  return {
    name: root.name,
    young,
    refused,
    immutable,
    collector: user?.uid,
    deletes: {
      blobs: { part: collection.deletedBlobs.length, whole: blobs },
      bytes: { part: collection.deletedBytes, whole: bytes },
    },
    vanished,
  };
}

/** A root, and what a garbage collection would delete of it. */
export interface CollectedRoot {
  readonly inspection: RootInspection;
  readonly forecast: { readonly collection: Pick<Collection, "deletedBlobs" | "deletedRevisions" | "deletedLayers"> };
}

/**
 * Why a garbage collection that deletes something may take it from another root: they share a directory, or may. Notes in
 * `unreadable` what cannot be read.
 */
export function sharedDoubts(
  storageFs: StorageFs,
  forecasts: readonly CollectedRoot[],
  unreadable: UnreadableReport[],
): UnreadableReport[] {
  const roots = forecasts.map(({ inspection: { root } }) => {
    return { path: root.path, fs: notingIn(storageFs, root, unreadable) };
  });
  return sharedParts(roots, neighboursOf(storageFs, forecasts, unreadable)).flatMap(
    ({ root: path, path: part, other }) => {
      const { inspection, forecast } = forecasts.find((one) => one.inspection.root.path === path)!;
      const { deletedBlobs, deletedRevisions, deletedLayers } = forecast.collection;
      const deleted = part === BLOBS ? deletedBlobs : [...deletedRevisions, ...deletedLayers];
      if (deleted.length === 0) return [];
      const error = other
        ? `${part} is the same directory as that of ${other}, so that a garbage collection of either takes what only the other needs; collect neither before each has its own`
        : `${part} is behind a symbolic link, and a registry of another root may use it too: what looks unreferenced here may be needed there; make sure that none does, and mount the directory in the link's place`;
      return [{ root: inspection.root.name, path: part, error }];
    },
  );
}

/** Why a clean-up may take a tag that it keeps. Notes in `unreadable` what cannot be read. */
export function cleanUpDoubts(
  storageFs: StorageFs,
  forecasts: readonly RootForecast[],
  unreadable: UnreadableReport[],
): UnreadableReport[] {
  return forecasts.flatMap(({ inspection: { root, context }, cleanUp }) => {
    const shared = sharedTags(notingIn(storageFs, root, unreadable), root.path, context.graph, cleanUp.goneTags);
    return shared.map(({ path, removed: other }) => {
      const error = `symbolic links or mounts make ${path} part of ${other}, which the clean-up removes; give it a directory of its own, or name both with --remove-tag`;
      return { root: root.name, path, error };
    });
  });
}

/** The roots beside those of which something is to be deleted. Who may not look there learns of none. */
function neighboursOf(storageFs: StorageFs, forecasts: readonly CollectedRoot[], unreadable: UnreadableReport[]) {
  const asked = new Set(forecasts.map(({ inspection: { root } }) => root.path));
  const fs = noting(storageFs, (path, error) => {
    const isAsked = [...asked].some((root) => path.startsWith(`${root}/`));
    if (isAsked || (error !== "EACCES" && error !== "EPERM")) unreadable.push({ root: "", path, error });
  });
  const deleting = forecasts.filter(({ forecast: { collection } }) => {
    const { deletedBlobs, deletedRevisions, deletedLayers } = collection;
    return deletedBlobs.length + deletedRevisions.length + deletedLayers.length > 0;
  });
  const paths = deleting.flatMap(({ inspection: { root } }) => neighbourRoots(fs, root.path));
  return [...new Set(paths)].filter((path) => !asked.has(path)).map((path) => ({ path, fs }));
}

/**
 * A line for each root that would keep content which nobody has verified, by what scans remember: after a garbage collection there may
 * be no other copy of its layers.
 */
export function unverifiedWarnings(content: ContentVerification, forecasts: readonly RootForecast[]): string[] {
  return forecasts.flatMap(({ inspection: { root, context }, forecast: { collection } }) => {
    const deleted = new Set(collection.deletedBlobs);
    const kept = content.totals(root.path, (blob) => !deleted.has(blob));
    if (!kept) return [];
    const blobs = kept.total.blobs - kept.verified.blobs - kept.corrupt.blobs;
    if (blobs <= 0) return [];
    const bytes = kept.total.bytes - kept.verified.bytes - kept.corrupt.bytes;
    const oldest = kept.oldest === undefined ? "" : `; the oldest evidence of the rest is of ${dayOf(kept.oldest)}`;
    return [
      `${context.root}: ${formatNumberOf(blobs, "blob")} of ${formatBytes(bytes)} that garbage collection keeps ${blobs === 1 ? "was" : "were"} never verified${oldest} (regfsck scan --verify-content)`,
    ];
  });
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** The counts by severity of the findings in authoritative roots. */
export function authoritativeSummary({ roots, findings, summary }: ScanReport): ScanReport["summary"] {
  const names = new Set(roots.filter(({ kind }) => kind === "authoritative").map(({ name }) => name));
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { root, severity, accepted } of findings) if (names.has(root) && !accepted) counts[severity]++;
  return { ...summary, ...counts };
}

/** Where uploads were written to after `since` (milliseconds since 1970), as `root: repository`. */
export function recentUploads(forecasts: readonly RootForecast[], since: number): string[] {
  const places = forecasts.flatMap(({ inspection: { root, context } }) =>
    uploadsSince(context.graph, since).map(({ repository }) => `${root.name}: ${repository}`),
  );
  return [...new Set(places)];
}
