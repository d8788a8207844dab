// The JSON of a forecast's parts, keys in the order of the contract whatever order the data has.
import type { AbortReport, BreakReport, Fingerprint, ForecastReport, RootForecastReport } from "./forecast-report.ts";

/** About a root, in three parts: between them stand the lists that may be long. */
export function rootHeadRecord({ name, path, kind, deleteUntagged, keepTags, outcome, abort }: RootForecastReport) {
  return { name, path, kind, deleteUntagged, keepTags, outcome, abort: abort === null ? null : abortRecord(abort) };
}

export function rootFiguresRecord({ marked, deletedBytes, correctlyFreedBytes }: RootForecastReport) {
  return { marked, deletedBytes, correctlyFreedBytes };
}

export function abortRecord({ path, reason, message }: AbortReport) {
  return { path, reason, message };
}

export function breakRecord({ repository, tag, digest, lost, keptBy }: BreakReport) {
  return {
    repository,
    tag,
    digest,
    lost: lost.map(({ digest, role, platform }) => ({ digest, role, platform })),
    keptBy,
  };
}

export function fingerprintRecord({ root, path, sha256 }: Fingerprint) {
  return { root, path, sha256 };
}

/** Sums over the roots. */
export function forecastCounts({ roots }: ForecastReport) {
  const sum = (of: (root: RootForecastReport) => number) => roots.reduce((total, root) => total + of(root), 0);
  return {
    breaks: sum((root) => root.breaks.length),
    aborts: sum((root) => root.aborts.length),
    unseenRepositories: sum((root) => root.unseenRepositories.length),
    marked: sum((root) => root.marked),
    removedTags: sum((root) => root.removedTags.length),
    deletedManifests: sum((root) => root.deletedManifests.length),
    deletedBlobs: sum((root) => root.deletedBlobs.length),
    deletedBytes: sum((root) => root.deletedBytes),
    correctlyFreedBytes: sum((root) => root.correctlyFreedBytes),
  };
}
