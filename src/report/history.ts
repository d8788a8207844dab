// What changed since the last complete run: what is new, what persists, what was resolved.
import type { Finding } from "../contract/finding.ts";
import type { HistoryReport, ScanReport, UnreadableReport } from "../contract/scan.ts";
import type { State } from "../contract/state-file.ts";
import { STORAGE } from "../layout/paths.ts";

/** Compares a complete run's findings with the state of the last one. */
export function compareWithState(findings: Iterable<Finding>, last: State): HistoryReport {
  const known = new Map(last.findings.map((finding) => [finding.id, finding]));
  let fresh = 0;
  let persisting = 0;
  let oldest: string | null = null;
  for (const { id } of findings) {
    const before = known.get(id);
    if (!before) fresh++;
    else {
      persisting++;
      known.delete(id);
      if (oldest === null || before.firstSeen < oldest) oldest = before.firstSeen;
    }
  }
  const resolved = [...known.values()].map(({ id, code, root, path }) => ({ id, code, root, path }));
  return { since: last.completedAt, new: fresh, persisting, oldest, resolved };
}

/** The state after a complete run. `marked` gives, by root path, what a forecast counted, where there was one. */
export function nextState(report: ScanReport, last: State | undefined, marked: ReadonlyMap<string, number>): State {
  const firstSeen = new Map(last?.findings.map((finding) => [finding.id, finding.firstSeen]));
  const markedBefore = new Map(last?.roots.map((root) => [root.path, root.marked]));
  return {
    schemaVersion: 1,
    completedAt: report.startedAt,
    roots: report.roots.map(({ path, counts }) => ({
      path,
      repositories: counts.repositories,
      blobs: counts.blobs,
      marked: marked.get(path) ?? markedBefore.get(path) ?? null,
    })),
    findings: [...report.findings].map(({ id, code, root, path }) => ({
      id,
      code,
      root,
      path,
      firstSeen: firstSeen.get(id) ?? report.startedAt,
      lastSeen: report.startedAt,
    })),
  };
}

/** The state as a file holds it. */
export function* stateText(state: State): Generator<string> {
  const { findings, ...rest } = state;
  const head = JSON.stringify({ ...rest, findings: [] }, null, 2);
  yield head.slice(0, head.lastIndexOf("]"));
  for (const [index, finding] of findings.entries())
    yield `${index === 0 ? "\n" : ",\n"}    ${JSON.stringify(finding)}`;
  yield "\n  ]\n}\n";
}

/** Less than this share of what the last run counted is not believed: an unmounted volume looks empty. */
const BELIEVABLE = 0.5;

/**
 * What speaks against believing that a root is what it was: it holds less than half of what it held, or it is not where
 * it was at or below `paths` (absolute). `marked` as in nextState.
 */
export function* doubtedRoots(
  roots: ScanReport["roots"],
  last: State,
  paths: readonly string[],
  marked: ReadonlyMap<string, number> = new Map(),
): Generator<UnreadableReport> {
  const advice = "is the volume mounted? If this is meant, delete the state file";
  for (const { name, path, counts } of roots) {
    const before = last.roots.find((root) => root.path === path);
    if (!before) continue;
    const pairs = [
      ["repositories", counts.repositories, before.repositories],
      ["blobs", counts.blobs, before.blobs],
      ["blobs that collection keeps", marked.get(path), before.marked],
    ] as const;
    for (const [what, now, then] of pairs) {
      if (now === undefined || then === null || now >= then * BELIEVABLE) continue;
      const error = `${what}: ${now}, where there were ${then} on ${last.completedAt}; ${advice}`;
      yield { root: name, path: STORAGE, error };
    }
  }
  const found = new Set(roots.map(({ path }) => path));
  for (const { path } of last.roots) {
    const root = found.has(path) ? undefined : nameBelow(paths, path);
    if (root === undefined) continue;
    yield { root, path: STORAGE, error: `no storage root any more, as there was on ${last.completedAt}; ${advice}` };
  }
}

/** What a root at `path` is called in a run that is given `paths`; undefined where that run does not ask for it. */
function nameBelow(paths: readonly string[], path: string): string | undefined {
  for (const base of paths) {
    if (path === base) return path.slice(path.lastIndexOf("/") + 1);
    const folder = base.endsWith("/") ? base : `${base}/`;
    if (path.startsWith(folder)) return path.slice(folder.length);
  }
  return undefined;
}
