// From the paths on the command line to the roots and repositories to read.
import { dirname, resolve } from "node:path";
import { UsageError } from "../contract/errors.ts";
import type { RegistryConfig } from "../contract/registry-config.ts";
import type { NamespaceFacts } from "../facts/facts.ts";
import { SCHEDULER_STATE } from "../layout/paths.ts";
import { RULES } from "../registry/rules.ts";
import { type CacheEvidence, cacheEvidence } from "../scan/cache-evidence.ts";
import { findRoots, type StorageRoot } from "../scan/find-roots.ts";
import { noting } from "../scan/fs/noting-fs.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { listNamespace, repositoryNames, selectNames } from "../scan/list-namespace.ts";
import { speaksOf } from "./registry-root.ts";

export interface ChosenRoot {
  readonly root: StorageRoot;
  readonly namespace: NamespaceFacts;
  /** The repositories to read, by name. */
  readonly names: readonly string[];
  /** Whether an option or a configuration says what kind of root it is. */
  readonly isKindGiven: boolean;
}

export interface RootChoice {
  /** 2 where nothing is said. */
  readonly registry?: keyof typeof RULES;
  readonly paths: readonly string[];
  readonly repositories: readonly string[];
  readonly caches: readonly string[];
  readonly authoritative: readonly string[];
  /** By path of a root or a folder above it: what the configuration file takes roots for. Options, by name, beat it. */
  readonly kinds: ReadonlyMap<string, "authoritative" | "cache">;
  /** The configuration of the registry that serves one of the roots. */
  readonly registryConfig?: RegistryConfig | undefined;
}

/** Throws a NoRootError for a path without a root, a UsageError for a root name that no root has, a glob that no repository matches. */
export function chooseRoots(
  storageFs: StorageFs,
  { registry = "2", paths, repositories, caches, authoritative, kinds, registryConfig }: RootChoice,
): { readonly chosen: readonly ChosenRoot[]; readonly unreadable: readonly { path: string; error: string }[] } {
  const { roots, unreadable: unread } = findRoots(storageFs, paths);
  const unreadable = [...unread];
  const notingFs = noting(storageFs, (path, error) => unreadable.push({ path, error }));
  for (const name of [...caches, ...authoritative]) {
    if (!roots.some((root) => root.name === name)) {
      throw new UsageError(`no root is called ${name}; there are ${roots.map((root) => root.name).join(", ")}`);
    }
  }
  const both = caches.find((name) => authoritative.includes(name));
  if (both !== undefined) throw new UsageError(`root ${both} is given both as --cache and as --authoritative`);
  const configured = new Map([...kinds].map(([path, kind]) => [resolve(path), kind]));
  const chosen = roots.map((root) => {
    const namespace = listNamespace(storageFs, root.path, RULES[registry]);
    const config = configOf(storageFs, registryConfig, root.path, roots.length);
    const names = repositoryNames(namespace);
    const said = caches.includes(root.name)
      ? "cache"
      : authoritative.includes(root.name)
        ? "authoritative"
        : ((config && (config.isCache ? "cache" : "authoritative")) ?? nearest(configured, root.path));
    const evidence: CacheEvidence = said ? { kind: said } : cacheEvidence(notingFs, root.path, names);
    if (evidence.doubt !== undefined)
      unreadable.push({ path: `${root.path}/${SCHEDULER_STATE}`, error: evidence.doubt });
    const cachesDescriptors = config?.cachesDescriptors;
    const indexPlatforms = RULES[registry].takesSparseIndexes ? config?.indexPlatforms : undefined;
    return {
      root: { ...root, kind: evidence.kind, cachesDescriptors, indexPlatforms },
      namespace,
      names,
      isKindGiven: said !== undefined,
    };
  });
  if (repositories.length === 0) return { chosen, unreadable };
  for (const glob of repositories) {
    if (!isNegative(glob) && !chosen.some(({ names }) => selectNames(names, [glob]).length > 0)) {
      throw new UsageError(`--repo ${glob}: no repository matches`);
    }
  }
  const narrowed = chosen.map((choice) => ({ ...choice, names: selectNames(choice.names, repositories) }));
  if (narrowed.every(({ names }) => names.length === 0)) {
    throw new UsageError(`--repo ${repositories.join(" --repo ")}: no repository is left`);
  }
  return { chosen: narrowed, unreadable };
}

/** The registry's own configuration, where it speaks of this root. */
function configOf(storageFs: StorageFs, config: RegistryConfig | undefined, path: string, roots: number) {
  return config && speaksOf(storageFs, config, path, roots === 1) ? config : undefined;
}

/** The value for the path itself, or for the closest folder above it that has one. */
function nearest<T>(values: ReadonlyMap<string, T>, path: string): T | undefined {
  const above = dirname(path);
  return values.get(path) ?? (above === path ? undefined : nearest(values, above));
}

/** Whether a glob takes names away from what the others match: `!team/old`, but not the pattern `!(a|b)`. */
function isNegative(glob: string): boolean {
  return /^!(?!\()/.test(glob);
}
