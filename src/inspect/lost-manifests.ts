// Manifests that no tag leads to any more and that are complete in the store: what can be brought back, as git fsck
// --lost-found finds commits.
import { DiskState, Role } from "../facts/facts.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { MAX_MANIFEST_BYTES } from "../layout/manifest.ts";
import { blobData } from "../layout/paths.ts";
import { isContentInStore } from "../registry/serve/content.ts";
import type { Pull } from "../registry/serve/pull.ts";
import { readText } from "../scan/fs/read-text.ts";
import { errorCode, type StorageFs } from "../scan/fs/storage-fs.ts";
import type { StoredImages } from "./stored-images.ts";

export interface LostManifest {
  readonly digest: string;
  /** Of an image, or of an index's children; none where nothing says. */
  readonly platforms: readonly string[];
  /** When its manifest was written; milliseconds since 1970. */
  readonly modified: number;
  /** The repositories that link it as a revision, or did, or that link its parts as layers. */
  readonly repositories: readonly string[];
  /** `repository:tag` of the tags that named it. */
  readonly formerTags: readonly string[];
}

export interface LostManifests {
  /** How many there are. */
  readonly count: number;
  /** The newest of them. */
  readonly newest: readonly LostManifest[];
}

/** So many are described. */
const MOST = 1_000;
/** What a manifest begins with, and how much of a blob is read to see that; how much of a config is read. */
const BEGINNING = /^\s*\{/;
const FIRST_BYTES = 64;
const CONFIG_BYTES = 1 << 22;
/** Blobs that are opened before signals are seen. */
const AT_ONCE = 500;

/** `pull` is what came of pulling the graph, whose tags were read with their history. In between signals are seen. */
export async function lostManifests(
  storageFs: StorageFs,
  root: string,
  graph: RootGraph,
  pull: Pull,
  stored: StoredImages,
): Promise<LostManifests> {
  const tagged = reachableFromTags(graph);
  const lost = new Set<number>();
  for (const { revisions } of graph.repositories()) {
    for (const link of revisions) {
      const target = graph.revisions.target(link);
      if (target >= 0 && tagged.at(target) !== true && isContentInStore(graph, target)) lost.add(target);
    }
  }
  const digests = graph.digests.length;
  let opened = 0;
  for (let blob = 0; blob < digests; blob++) {
    if (pull.referenced.at(blob) === 1 || graph.blobState(blob) !== DiskState.ok) continue;
    if (graph.blobSize(blob) > MAX_MANIFEST_BYTES) continue;
    const digest = graph.digests.text(blob);
    if (++opened % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    if (beginsLikeOne(storageFs, `${root}/${blobData(digest)}`) && stored.has(digest)) lost.add(blob);
  }
  for (const blob of [...lost]) {
    for (const { digest, isManifest } of stored.parts(graph.digests.text(blob)) ?? []) {
      // What an index brings back with it needs no line of its own.
      if (isManifest) lost.delete(graph.digests.find(digest));
    }
  }
  const newest = [...lost].sort((a, b) => graph.blobModified(b) - graph.blobModified(a) || graph.digests.compare(a, b));
  const former = formerTags(graph);
  return {
    count: lost.size,
    newest: newest.slice(0, MOST).map((blob) => ({
      digest: graph.digests.text(blob),
      platforms: platformsOf(storageFs, root, graph.digests.text(blob), stored),
      modified: graph.blobModified(blob),
      repositories: repositoriesOf(graph, blob, stored),
      formerTags: former.get(blob) ?? [],
    })),
  };
}

/** The manifests that tags name, and their children, by digest. */
function reachableFromTags(graph: RootGraph): { at(digest: number): boolean } {
  const reached = new Set<number>();
  for (const { tags } of graph.repositories()) {
    for (const tag of tags) if (graph.tags.target(tag) >= 0) reached.add(graph.tags.target(tag));
  }
  for (const digest of reached) {
    const manifest = graph.manifests.find(digest);
    if (manifest < 0 || !graph.manifests.isParsed(manifest)) continue;
    for (const reference of graph.manifests.references(manifest)) {
      if (graph.manifests.role(reference) === Role.child) reached.add(graph.manifests.target(reference));
    }
  }
  return { at: (digest) => reached.has(digest) };
}

function beginsLikeOne(storageFs: StorageFs, path: string): boolean {
  try {
    return BEGINNING.test(readText(storageFs, path, FIRST_BYTES));
  } catch (error) {
    errorCode(error);
    return false;
  }
}

function platformsOf(storageFs: StorageFs, root: string, digest: string, stored: StoredImages): string[] {
  const parts = stored.parts(digest) ?? [];
  const named = parts.flatMap(({ platform }) => platform ?? []);
  const config = parts.find(({ isConfig }) => isConfig);
  if (named.length > 0 || !config) return [...new Set(named)];
  try {
    const text = readText(storageFs, `${root}/${blobData(config.digest)}`, CONFIG_BYTES);
    const { os, architecture, variant } = JSON.parse(text) as Record<string, unknown>;
    const names = [os, architecture, variant].filter((part) => typeof part === "string" && part !== "");
    return names.length < 2 ? [] : [names.join("/")];
  } catch {
    // An artifact's config is whatever it likes.
    return [];
  }
}

function repositoriesOf(graph: RootGraph, blob: number, stored: StoredImages): string[] {
  const parts = (stored.parts(graph.digests.text(blob)) ?? []).map(({ digest }) => graph.digests.find(digest));
  return graph
    .repositories()
    .filter(({ index }) => {
      if (graph.revisions.find(index, blob) >= 0) return true;
      return parts.some((part) => graph.layerLinks.find(index, part) >= 0);
    })
    .map(({ name }) => name);
}

function formerTags(graph: RootGraph): ReadonlyMap<number, readonly string[]> {
  const former = new Map<number, string[]>();
  for (const { name, tags } of graph.repositories()) {
    for (const tag of tags) {
      for (const digest of graph.tags.history(tag)) {
        if (graph.tags.target(tag) === digest) continue;
        const known = former.get(digest) ?? [];
        known.push(`${name}:${graph.tags.name(tag)}`);
        former.set(digest, known);
      }
    }
  }
  return former;
}
