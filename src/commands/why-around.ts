// regfsck why with an index: only what leads to the blobs is read, which takes a small part of what a scan does.
import { pullRulesOf } from "../checks/context.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import { AroundReading } from "../inspect/around.ts";
import { chooseRoots } from "../inspect/choose-roots.ts";
import { evidenceOf, type IndexUse, indexUseOf } from "../inspect/index-use.ts";
import { BLOBS } from "../layout/paths.ts";
import { checkOutsideRoots } from "../output/outside-roots.ts";
import { RULES } from "../registry/rules.ts";
import type { StorageRoot } from "../scan/find-roots.ts";
import { isThere } from "../scan/fs/storage-fs.ts";
import type { Run } from "./run.ts";
import type { WhyOptions } from "./why.ts";
import type { DigestQuery } from "./why-digests.ts";
import { RootWitness } from "./why-report.ts";

/** What was found out about the digests that were asked for. */
export interface Looked {
  readonly roots: readonly StorageRoot[];
  readonly digests: readonly string[];
  readonly witnesses: readonly RootWitness[];
  readonly unreadable: readonly UnreadableReport[];
}

/**
 * Undefined where all has to be read: where the index is not of all roots, and for digests that are not of sha256 or that no
 * single blob begins with.
 */
export async function lookAround(
  queries: readonly DigestQuery[],
  options: WhyOptions,
  index: IndexUse,
  { startedAt, outputs, terminal }: Run,
): Promise<Looked | undefined> {
  const isOther = queries.some(({ full, algorithm }) => (full?.slice(0, 6) ?? algorithm ?? "sha256") !== "sha256");
  if (typeof index.earlier === "string" || isOther) return undefined;
  const storageFs = terminal.fs;
  const rules = RULES[options.registry];
  const { chosen, unreadable: outside } = chooseRoots(storageFs, { ...options, repositories: [] });
  await checkOutsideRoots(
    outputs,
    chosen.map(({ root }) => root.path),
    terminal.user,
  );
  const used = chosen.map((choice) => {
    return { choice, use: indexUseOf(storageFs, choice.root.path, index, { now: startedAt, rules }) };
  });
  if (used.some(({ use }) => use.memory.index === undefined)) return undefined;
  const readings = used.map(({ choice, use }) => new AroundReading(storageFs, choice, use, rules));
  const digests = resolveAround(queries, readings);
  if (digests === undefined) return undefined;
  const unreadable: UnreadableReport[] = outside.map(({ path, error }) => ({ root: "", path, error }));
  const looked = used.map(({ choice: { root }, use }, at) => {
    const { graph, catalogue, counts, unreadable: unread } = readings[at]!.read(digests);
    for (const entry of unread) unreadable.push({ root: root.name, ...entry });
    const hasBlobStore = isThere(storageFs, `${root.path}/${BLOBS}`);
    const pullRules = pullRulesOf(root, options.platforms);
    const seen = { name: root.name, rules, graph, catalogue, unexpectedInStore: [], hasBlobStore, pullRules };
    return {
      root: { ...root, evidence: evidenceOf(use, counts) },
      witness: new RootWitness({ ...seen, seesAborts: false }),
    };
  });
  for (const { root, path, error } of unreadable.slice(0, 1)) terminal.warn(`incomplete: ${root}/${path}: ${error}`);
  return {
    roots: looked.map(({ root }) => root),
    digests,
    witnesses: looked.map(({ witness }) => witness),
    unreadable,
  };
}

/** The digests, each once; undefined where a short one begins none, or several. */
function resolveAround(queries: readonly DigestQuery[], readings: readonly AroundReading[]): string[] | undefined {
  const digests = new Set<string>();
  for (const { full, hex } of queries) {
    const found = full === undefined ? new Set(readings.flatMap((reading) => reading.beginning(hex))) : new Set([full]);
    const [only] = found;
    if (only === undefined || found.size > 1) return undefined;
    digests.add(only);
  }
  return [...digests];
}
