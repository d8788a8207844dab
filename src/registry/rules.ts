// How the two releases of the registry differ, as data: everything else asks these rules, and never which release it is.
// docs/internals/registry-2.8.3.md has the first's behaviour, docs/internals/registry-3.md what is otherwise in the second's.
import type { Registry } from "../contract/run.ts";
import type { ManifestReading } from "../layout/manifest.ts";

export interface Rules {
  /** As reports name it. */
  readonly registry: Registry;
  /** Those of the release before, whose storage it may have taken over. */
  readonly earlier?: Rules;
  /** How it reads the JSON of a manifest. */
  readonly manifests: ManifestReading;
  /** Whether it serves a manifest without a revision link by way of its layer link. */
  readonly servesByLayerLink: boolean;
  /** The entry that makes a folder a repository to the walk over their names. */
  readonly repositoryEntry: "_layers" | "_manifests";
  /** Whether a file whose name begins with `_` ends the walk of its folder. */
  readonly stopsAtFiles: boolean;
  /** Whether its configuration can have it take indexes without some of their children. */
  readonly takesSparseIndexes: boolean;
  /** Whether a client can delete a tag by its name, and leave the manifest that it names. */
  readonly deletesTags: boolean;
  /** What its garbage collection does. */
  readonly collector: CollectorRules;
}

export interface CollectorRules {
  /** Whether what a marked manifest references is entered in turn, where it is linked as a manifest and was not marked before. */
  readonly entersReferences: boolean;
  /** Whether a revision that no tag names is kept where any repository has marked it. */
  readonly keepsMarked: boolean;
  /** Whether `-m` aborts where a repository has no `tags`; else it leaves the repository's revisions alone, unmarked. */
  readonly needsTags: boolean;
  /** Whether it walks `_layers` as well, and deletes the links whose blobs were not marked by then. */
  readonly deletesLayerLinks: boolean;
}

const REGISTRY_2: Rules = {
  registry: "2.8.3",
  manifests: "2.8.3",
  servesByLayerLink: true,
  repositoryEntry: "_layers",
  stopsAtFiles: true,
  takesSparseIndexes: false,
  deletesTags: false,
  collector: { entersReferences: false, keepsMarked: false, needsTags: true, deletesLayerLinks: false },
};

const REGISTRY_3: Rules = {
  registry: "3.1",
  earlier: REGISTRY_2,
  manifests: "3.1",
  servesByLayerLink: false,
  repositoryEntry: "_manifests",
  stopsAtFiles: false,
  takesSparseIndexes: true,
  deletesTags: true,
  collector: { entersReferences: true, keepsMarked: true, needsTags: false, deletesLayerLinks: true },
};

/** By what `--registry` takes. */
export const RULES = { "2": REGISTRY_2, "3": REGISTRY_3 } as const satisfies Record<string, Rules>;

/** Those of the registry that a report names. */
export function rulesNamed(registry: Registry): Rules {
  return Object.values(RULES).find((rules) => rules.registry === registry)!;
}
