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

/** What a root is made of, beyond counts: a volume that is not mounted may hold less than half of it. */
export interface RootIdentity {
  readonly repositories: readonly string[];
  /** The directories of the layout that other file systems are mounted on, relative to the root. */
  readonly mounts: readonly string[];
  /** How many blobs a forecast counted that garbage collection keeps, where there was a forecast. */
  readonly marked?: number | undefined;
}

/** The state after a complete run. `identities` has every root of the report, by path. */
export function nextState(
  report: ScanReport,
  last: State | undefined,
  identities: ReadonlyMap<string, RootIdentity>,
): State {
  const firstSeen = new Map(last?.findings.map((finding) => [finding.id, finding.firstSeen]));
  const markedBefore = new Map(last?.roots.map((root) => [root.path, root.marked]));
  return {
    schemaVersion: 1,
    completedAt: report.startedAt,
    roots: report.roots.map(({ path, counts }) => {
      const { repositories = [], mounts = [], marked } = identities.get(path) ?? {};
      return {
        path,
        repositories: [...repositories],
        mounts: [...mounts],
        blobs: counts.blobs,
        marked: marked ?? markedBefore.get(path) ?? null,
      };
    }),
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

const ADVICE = "is the volume mounted? If this is meant, delete the state file";

/**
 * What speaks against believing that a root is what it was: it holds less than half of what it held, a file system that
 * was mounted in it is not, or it is not where it was at or below `paths` (absolute). `identities` as in nextState.
 */
export function* doubtedRoots(
  roots: ScanReport["roots"],
  last: State,
  paths: readonly string[],
  identities: ReadonlyMap<string, RootIdentity>,
): Generator<UnreadableReport> {
  for (const { name, path, counts } of roots) {
    const before = last.roots.find((root) => root.path === path);
    if (!before) continue;
    const identity = identities.get(path);
    for (const mount of before.mounts) {
      if (!identity || identity.mounts.includes(mount)) continue;
      yield { root: name, path: mount, error: `a file system was mounted here on ${last.completedAt}; ${ADVICE}` };
    }
    const pairs = [
      ["repositories", counts.repositories, before.repositories.length],
      ["blobs", counts.blobs, before.blobs],
      ["blobs that garbage collection keeps", identity?.marked, before.marked],
    ] as const;
    for (const [what, now, then] of pairs) {
      if (now === undefined || then === null || now >= then * BELIEVABLE) continue;
      const error = `${what}: ${now}, where there were ${then} on ${last.completedAt}; ${ADVICE}`;
      yield { root: name, path: STORAGE, error };
    }
  }
  const found = new Set(roots.map(({ path }) => path));
  for (const { path } of last.roots) {
    const root = found.has(path) ? undefined : nameBelow(paths, path);
    if (root === undefined) continue;
    yield { root, path: STORAGE, error: `not a storage root any more, as it was on ${last.completedAt}; ${ADVICE}` };
  }
}

/** By root name, the repositories of the last complete run that are gone. */
export function* vanishedRepositories(
  roots: readonly { readonly name: string; readonly path: string }[],
  last: State,
  identities: ReadonlyMap<string, RootIdentity>,
): Generator<readonly [root: string, repositories: readonly string[]]> {
  for (const { name, path } of roots) {
    const before = last.roots.find((root) => root.path === path);
    const now = new Set(identities.get(path)?.repositories);
    const gone = before?.repositories.filter((repository) => !now.has(repository)) ?? [];
    if (gone.length > 0) yield [name, gone];
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
