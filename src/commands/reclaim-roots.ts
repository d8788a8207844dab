// What can be deleted of each root without breaking anything, and why nothing is offered where that is so: for reclaim itself,
// and for a forecast that frees nothing.
import type { RegistryConfig } from "../contract/registry-config.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import { Bytes } from "../facts/columns.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { otherRootReason } from "../inspect/registry-root.ts";
import { sharedTags } from "../inspect/shared-tags.ts";
import { linkFile } from "../layout/paths.ts";
import { type Reclaim, reclaim as reclaimRoot } from "../registry/reclaim/reclaim.ts";
import type { LinkTime } from "../registry/reclaim/select.ts";
import { type StorageFs, statPath } from "../scan/fs/storage-fs.ts";
import type { RootCleanUp } from "./clean-up.ts";
import { sharedDoubts } from "./gate-evidence.ts";
import { notingIn } from "./identities.ts";
import { reasonsAgainst } from "./reclaim-refusals.ts";
import type { RootReclaim } from "./reclaim-report.ts";

export interface ReclaimSettings {
  /** Milliseconds since 1970: what was written after that is kept. */
  readonly since: number;
  readonly registryConfig: RegistryConfig | undefined;
  /** How many tags of a repository stay. */
  readonly keepTags?: number | undefined;
}

/** `cleanUps` are those of these roots, without deletes. Notes in `unreadable` what cannot be read, beside what could not be before. */
export function reclaimRoots(
  storageFs: StorageFs,
  cleanUps: readonly (readonly [RootInspection, RootCleanUp])[],
  { since, registryConfig, keepTags }: ReclaimSettings,
  unreadable: UnreadableReport[],
): RootReclaim[] {
  const all = cleanUps.map(([inspection, { removedTags, namedTags }]) => {
    const linkTime = linkTimes(storageFs, inspection, unreadable);
    const cleanUp = { all: removedTags, named: namedTags, keepTags };
    return { inspection, found: foundIn(inspection, { cleanUp, since, linkTime }) };
  });
  const collected = all.flatMap(({ inspection, found }) => {
    return found ? [{ inspection, forecast: { collection: found.simulation.collection } }] : [];
  });
  const doubts = [...sharedDoubts(storageFs, collected, unreadable), ...tagDoubts(storageFs, all, unreadable)];
  const roots = all.map(({ inspection }) => inspection.root);
  const otherRoot = otherRootReason(storageFs, registryConfig, roots);
  return all.map((one) => {
    const refused = one.found === undefined ? [] : reasonsAgainst(one.inspection, one.found, unreadable, doubts);
    return { ...one, refused: [...refused, ...(one.found && otherRoot !== undefined ? [otherRoot] : [])] };
  });
}

/** What of a root can go; undefined for a pull-through cache. */
function foundIn(
  { root, context, hasBlobStore }: RootInspection,
  options: Parameters<typeof reclaimRoot>[2],
): Reclaim | undefined {
  if (root.kind === "cache") return undefined;
  const { rules, graph, catalogue, unexpectedInStore, pull } = context;
  return reclaimRoot({ rules, graph, catalogue, unexpectedInStore, hasBlobStore }, pull, options);
}

/** Why a delete may take a tag that it is not to take. Notes in `unreadable` what cannot be read. */
function tagDoubts(
  storageFs: StorageFs,
  roots: readonly { readonly inspection: RootInspection; readonly found: Reclaim | undefined }[],
  unreadable: UnreadableReport[],
): UnreadableReport[] {
  return roots.flatMap(({ inspection: { root, context }, found }) => {
    const going = new Bytes();
    for (const { tags } of found?.free ?? []) for (const tag of tags) going.set(tag, 1);
    const shared = sharedTags(notingIn(storageFs, root, unreadable), root.path, context.graph, going);
    return shared.map(({ path, removed }) => {
      const error = `symbolic links or mounts make ${path} part of ${removed}, which would go; give it a directory of its own`;
      return { root: root.name, path, error };
    });
  });
}

/** Looks at each link once. Notes in `unreadable` what cannot be read. */
function linkTimes(storageFs: StorageFs, { root, context }: RootInspection, unreadable: UnreadableReport[]): LinkTime {
  const fs = notingIn(storageFs, root, unreadable);
  const known = new Map<string, number | undefined>();
  return ({ name }, kind, digest) => {
    const path = linkFile(name, kind, context.graph.digests.text(digest));
    if (!known.has(path)) known.set(path, statPath(fs, `${root.path}/${path}`).stat?.mtimeMs);
    return known.get(path);
  };
}
