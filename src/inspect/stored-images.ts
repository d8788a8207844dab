// Images that no link leads to any more: whether all of them is still in the store. Their manifests are read as they are asked
// for, since a scan reads only those that something names.
import { DiskState, ManifestState, Role } from "../facts/facts.ts";
import { DigestWriter } from "../facts/packed-digests.ts";
import { ManifestTable } from "../graph/manifests.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { parseDigest } from "../layout/digest.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { readManifests } from "../scan/read-manifests.ts";

/** A part that a manifest names. */
export interface StoredPart {
  readonly digest: string;
  readonly isManifest: boolean;
  readonly isConfig: boolean;
  /** Bytes, as the descriptor says; NaN where it does not. */
  readonly size: number;
  readonly platform: string | undefined;
  readonly isForeign: boolean;
}

export class StoredImages {
  readonly #fs: StorageFs;
  readonly #root: string;
  readonly #graph: RootGraph;
  readonly #known = new Map<string, readonly StoredPart[] | undefined>();

  constructor(storageFs: StorageFs, root: string, graph: RootGraph) {
    this.#fs = storageFs;
    this.#root = root;
    this.#graph = graph;
  }

  /** Whether the manifest, its children to any depth, and all configs and layers are in the store. */
  has(digest: string): boolean {
    return this.manifests(digest) !== undefined;
  }

  /** The manifests of the image, it first, each with its parts; undefined where not all of it is in the store. */
  manifests(digest: string): ReadonlyMap<string, readonly StoredPart[]> | undefined {
    const found = new Map<string, readonly StoredPart[]>();
    const wanted = new Set([digest]);
    for (const one of wanted) {
      const parts = this.parts(one);
      if (!parts) return undefined;
      found.set(one, parts);
      for (const part of parts) {
        if (part.isManifest) wanted.add(part.digest);
        else if (!part.isForeign && !this.#isStored(part.digest, part.size)) return undefined;
      }
    }
    return found;
  }

  /** What the manifest names; undefined where the store holds no such manifest that is what its digest says. */
  parts(digest: string): readonly StoredPart[] | undefined {
    if (!this.#known.has(digest)) this.#known.set(digest, this.#isStored(digest) ? this.#read(digest) : undefined);
    return this.#known.get(digest);
  }

  #isStored(digest: string, size = Number.NaN): boolean {
    const id = this.#graph.digests.find(digest);
    if (id < 0 || this.#graph.blobState(id) !== DiskState.ok || this.#graph.isBlobCorrupt(id)) return false;
    return Number.isNaN(size) || this.#graph.blobSize(id) === size;
  }

  #read(digest: string): StoredPart[] | undefined {
    if (!parseDigest(digest)) return undefined;
    const writer = new DigestWriter(1);
    writer.push(digest);
    const facts = readManifests(this.#fs, this.#root, writer.finish());
    if (facts.states[0] !== ManifestState.ok || facts.corrupt[0] === 1) return undefined;
    const { digests } = this.#graph;
    const table = new ManifestTable(digests);
    table.add([digests.addText(digest)], facts);
    return [...table.references(0)].map((reference) => ({
      digest: digests.text(table.target(reference)),
      isManifest: table.role(reference) === Role.child,
      isConfig: table.role(reference) === Role.config,
      size: table.targetSize(reference),
      platform: table.platform(reference),
      isForeign: table.isForeign(reference),
    }));
  }
}
