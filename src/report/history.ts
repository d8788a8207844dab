// What changed since the last complete run: what is new, what persists, what was resolved.
import type { Finding } from "../contract/finding.ts";
import type { HistoryReport, ScanReport, UnreadableReport } from "../contract/scan.ts";
import type { State } from "../contract/state-file.ts";
import { STORAGE } from "../layout/paths.ts";

/** More findings than this are not remembered: whoever has them knows, and the next run has to read them all. */
const MOST_FINDINGS = 100_000;

/** Compares a complete run's findings with the state of the last one, which remembers findings. */
export function compareWithState(
  findings: Iterable<Pick<Finding, "id">>,
  last: Pick<State, "completedAt" | "findings">,
): HistoryReport {
  const known = new Map(last.findings?.map((finding) => [finding.id, finding]));
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

type TagsByRepository = readonly (readonly [
  repository: string,
  tags: readonly (readonly [tag: string, digest: string])[],
])[];

/** A tag that the last complete run saw, and what it named. */
export interface VanishedTag {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** What of a root is gone since the last complete run. */
export interface Vanished {
  readonly repositories: readonly string[];
  /** Those of repositories that are gone too. */
  readonly tags: readonly VanishedTag[];
}

/** How many blobs a garbage collection keeps: one without -m (`all`), or one with it (`tagged`). */
export type Marked = Readonly<Partial<Record<"all" | "tagged", number>>>;

/** What a root is made of, beyond counts: a volume that is not mounted may hold less than half of it. */
export interface RootIdentity {
  readonly repositories: readonly string[];
  /** By repository: its tags, each with the digest that it names; null where there are too many to be remembered. */
  readonly tags?: TagsByRepository | null | undefined;
  /** The directories of the layout that other file systems are mounted on, relative to the root. */
  readonly mounts: readonly string[];
  /** How many blobs a forecast counted that garbage collection keeps, where there was a forecast. */
  readonly marked?: Marked | undefined;
}

/** What a state knows of roots, and of their findings. */
type KnownRoots = Pick<State, "roots" | "findings">;

/** What a run without a state of an earlier one knows. */
export const NO_STATE = { asked: undefined, others: undefined };

/**
 * The state of the last run, of the roots alone that a run is asked about with these paths (absolute); and what it knows of others,
 * of which this run can say nothing.
 */
export function splitState(
  last: State,
  paths: readonly string[],
): { readonly asked: State; readonly others: KnownRoots } {
  const others = last.roots.filter(({ path }) => nameBelow(paths, path) === undefined);
  const asked = last.roots.filter((root) => !others.includes(root));
  // A finding has its root's name: the end of its path, or all of it.
  const isOf = (root: string) => (one: { readonly path: string }) => one.path === root || one.path.endsWith(`/${root}`);
  const isOther = ({ root }: { readonly root: string }) => others.some(isOf(root)) && !asked.some(isOf(root));
  const { findings } = last;
  return {
    asked: { ...last, roots: asked, findings: findings?.filter((finding) => !isOther(finding)) ?? null },
    others: { roots: others, findings: findings?.filter(isOther) ?? null },
  };
}

/** The state after a complete run. `identities` has every root of the report, by path; `others` stays as it was. */
export function nextState(
  report: ScanReport,
  last: State | undefined,
  identities: ReadonlyMap<string, RootIdentity>,
  others: KnownRoots = { roots: [], findings: [] },
): State {
  const { error, warning, info, accepted } = report.summary;
  const isRemembered = error + warning + info + accepted + (others.findings?.length ?? 0) <= MOST_FINDINGS;
  const markedBefore = new Map(last?.roots.map((root) => [root.path, root.marked]));
  const remembered = ({ path, counts }: ScanReport["roots"][number]): State["roots"][number] => {
    const { repositories = [], tags, mounts = [], marked } = identities.get(path) ?? {};
    return {
      path,
      repositories: [...repositories],
      ...(tags !== undefined && {
        tags: tags?.map(([repository, named]) => [repository, named.map(([tag, digest]) => [tag, digest])]) ?? null,
      }),
      mounts: [...mounts],
      blobs: counts.blobs,
      marked: { ...(markedBefore.get(path) ?? { all: null, tagged: null }), ...marked },
    };
  };
  return {
    schemaVersion: 1,
    completedAt: report.startedAt,
    roots: [...report.roots.map(remembered), ...others.roots],
    findings: isRemembered ? [...(rememberedFindings(report, last) ?? []), ...(others.findings ?? [])] : null,
  };
}

function rememberedFindings({ findings, startedAt }: ScanReport, last: State | undefined): State["findings"] {
  const firstSeen = new Map(last?.findings?.map((finding) => [finding.id, finding.firstSeen]));
  return Array.from(findings, ({ id, code, root, path }) => {
    return { id, code, root, path, firstSeen: firstSeen.get(id) ?? startedAt, lastSeen: startedAt };
  });
}

/** The state as a file holds it. */
export function* stateText(state: State): Generator<string> {
  const { roots, findings, ...rest } = state;
  const head = JSON.stringify({ ...rest, roots: [] }, null, 2);
  yield head.slice(0, head.lastIndexOf("]"));
  for (const [index, root] of roots.entries()) yield `${index === 0 ? "\n" : ",\n"}    ${JSON.stringify(root)}`;
  const end = roots.length === 0 ? "]" : "\n  ]";
  if (findings === null) {
    yield `${end},\n  "findings": null\n}\n`;
    return;
  }
  yield `${end},\n  "findings": [`;
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
      ["blobs that garbage collection keeps", identity?.marked?.all, before.marked.all],
      ["blobs that garbage collection with -m keeps", identity?.marked?.tagged, before.marked.tagged],
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

/** By root name, the repositories and tags of the last complete run that are gone, where any are. */
export function* vanishedIn(
  roots: readonly { readonly name: string; readonly path: string }[],
  last: State,
  identities: ReadonlyMap<string, RootIdentity>,
): Generator<readonly [root: string, vanished: Vanished]> {
  for (const { name, path } of roots) {
    const before = last.roots.find((root) => root.path === path);
    const identity = identities.get(path);
    const now = new Set(identity?.repositories);
    const repositories = before?.repositories.filter((repository) => !now.has(repository)) ?? [];
    const tags = [...vanishedTags(before?.tags ?? [], identity?.tags)];
    if (repositories.length + tags.length > 0) yield [name, { repositories, tags }];
  }
}

function* vanishedTags(before: TagsByRepository, now: TagsByRepository | null | undefined): Generator<VanishedTag> {
  if (!now) return;
  const known = new Map(now.map(([repository, tags]) => [repository, new Set(tags.map(([tag]) => tag))]));
  for (const [repository, tags] of before) {
    for (const [tag, digest] of tags) if (!known.get(repository)?.has(tag)) yield { repository, tag, digest };
  }
}

/** What a root at `path` is called in a run that is given `paths`; undefined where that run does not ask for it. */
export function nameBelow(paths: readonly string[], path: string): string | undefined {
  for (const base of paths) {
    if (path === base) return path.slice(path.lastIndexOf("/") + 1);
    const folder = base.endsWith("/") ? base : `${base}/`;
    if (path.startsWith(folder)) return path.slice(folder.length);
  }
  return undefined;
}
