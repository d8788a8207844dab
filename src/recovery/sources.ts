// Blobs that other roots of the same run have, as a place to copy from.

import { DiskState, type ManifestFacts, ManifestState } from "../facts/facts.ts";
import { DigestWriter } from "../facts/packed-digests.ts";
import type { ManifestTable } from "../graph/manifests.ts";
import type { RootGraph } from "../graph/root-graph.ts";

export interface Source {
  /** The root's name. */
  readonly root: string;
  /** Bytes. */
  readonly size: number;
}

export interface ForeignManifest {
  readonly graph: RootGraph;
  readonly manifest: number;
}

/** A root that others may copy from. */
export interface SourceRoot {
  readonly root: string;
  readonly graph: RootGraph;
  /** The blobs there that are known not to hash to their digests. */
  readonly corrupt: ReadonlySet<number>;
  /** Hashes a blob there; undefined where it cannot be read. */
  readonly isIntact: (digest: string) => boolean | undefined;
}

/** A root's manifests whose content is corrupt, as it was read. */
export function corruptManifests({ manifests }: RootGraph): number[] {
  const corrupt: number[] = [];
  for (let manifest = 0; manifest < manifests.length; manifest++) {
    const digest = manifests.digest(manifest);
    if (manifests.isCorrupt(manifest) && manifests.find(digest) === manifest) corrupt.push(digest);
  }
  return corrupt;
}

/** What the other roots have, as they were read: steps planned for them do not count. */
export class Sources {
  readonly #roots: readonly SourceRoot[];

  constructor(roots: readonly SourceRoot[]) {
    this.#roots = roots;
  }

  /** The first root that has this blob intact, by its hash, and of that size where it is known (NaN where not). */
  findBlob(digest: string, size: number): Source | undefined {
    for (const { root, graph, corrupt, isIntact } of this.#roots) {
      const blob = graph.digests.find(digest);
      if (blob < 0 || graph.blobState(blob) !== DiskState.ok || graph.isBlobCorrupt(blob) || corrupt.has(blob))
        continue;
      if (!Number.isNaN(size) && graph.blobSize(blob) !== size) continue;
      if (isIntact(digest) === true) return { root, size: graph.blobSize(blob) };
    }
    return undefined;
  }

  /** The first root that has read this manifest and found it right. */
  findManifest(digest: string): (Source & ForeignManifest) | undefined {
    for (const { root, graph, corrupt } of this.#roots) {
      const blob = graph.digests.find(digest);
      if (blob < 0 || graph.blobState(blob) !== DiskState.ok || corrupt.has(blob)) continue;
      const manifest = graph.manifests.find(blob);
      if (manifest < 0 || !graph.manifests.isParsed(manifest)) continue;
      return { root, graph, manifest, size: graph.blobSize(blob) };
    }
    return undefined;
  }
}

/** What was read of a manifest in another root, in the form in which a graph takes it in. */
export function foreignFacts({ graph, manifest }: ForeignManifest): ManifestFacts {
  const { manifests, digests } = graph;
  const references = [...manifests.references(manifest)];
  const targets = new DigestWriter();
  for (const reference of references) targets.push(digests.text(manifests.target(reference)));
  const subjects = new DigestWriter();
  const subject = manifests.subject(manifest);
  if (subject < 0) subjects.pushNone();
  else subjects.push(digests.text(subject));
  const { numbers, names } = platformsOf(manifests, references);
  return {
    states: Uint8Array.of(ManifestState.ok),
    corrupt: Uint8Array.of(0),
    actualDigests: new DigestWriter(0).finish(),
    kinds: Uint8Array.of(manifests.kind(manifest)),
    sizes: Float64Array.of(manifests.size(manifest)),
    referenceCounts: Int32Array.of(references.length),
    targets: targets.finish(),
    roles: Uint8Array.from(references, (reference) => manifests.role(reference)),
    targetSizes: Float64Array.from(references, (reference) => manifests.targetSize(reference)),
    foreign: Uint8Array.from(references, (reference) => (manifests.isForeign(reference) ? 1 : 0)),
    attestations: Uint8Array.from(references, (reference) => (manifests.isAttestation(reference) ? 1 : 0)),
    platforms: numbers,
    platformNames: names,
    subjects: subjects.finish(),
    reasons: new Map(),
    errors: new Map(),
  };
}

function platformsOf(manifests: ManifestTable, references: readonly number[]) {
  const names: string[] = [];
  const numbers = Int32Array.from(references, (reference) => {
    const name = manifests.platform(reference);
    if (name === undefined) return -1;
    const known = names.indexOf(name);
    return known >= 0 ? known : names.push(name) - 1;
  });
  return { numbers, names };
}
