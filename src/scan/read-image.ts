// Reads one image and nothing else of its root: its tag, then link by link and manifest by manifest what it names. The
// cost goes with the image, however large the root is.

import {
  type BlobFacts,
  DiskState,
  type LinkFacts,
  type ManifestFacts,
  ManifestState,
  type RepositoryFacts,
  Role,
  type TagFacts,
  type Unreadable,
} from "../facts/facts.ts";
import { packDigests, unpackDigests } from "../facts/packed-digests.ts";
import { ALGORITHMS, parseDigest } from "../layout/digest.ts";
import type { ManifestReading } from "../layout/manifest.ts";
import { type LinkKind, repositoryFolder, tagFolder } from "../layout/paths.ts";
import type { FileMemory } from "./file-memory.ts";
import type { StorageFs } from "./fs/storage-fs.ts";
import { type BlobShard, readBlobShard } from "./read-blobs.ts";
import { readLinks } from "./read-links.ts";
import { readManifests } from "./read-manifests.ts";
import { readTags } from "./read-tags.ts";
import { newReading, type RepositoryReading, statPart } from "./repository-reading.ts";

/** Which image: by a tag, or by the digest of its manifest. */
export interface ImageTarget {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** The tag that stands in the facts for an image that was asked for by digest. */
export const BY_DIGEST = "_by_digest";

/** What the disk says about an image: facts as of a repository that holds nothing else. */
export interface ImageFacts {
  /** One tag: the image's own, or BY_DIGEST. */
  readonly repository: RepositoryFacts;
  readonly manifests: readonly { readonly digests: readonly string[]; readonly facts: ManifestFacts }[];
  /** Every blob that the image or a link of it names, whether it is there or not. */
  readonly blobs: readonly string[];
}

/** Reads the links and manifests of an image in the storage root at `root`; undefined where there is no such image. */
export function readImage(
  storageFs: StorageFs,
  root: string,
  target: ImageTarget,
  manifests: ManifestReading = "2.8.3",
): ImageFacts | undefined {
  const unreadable: Unreadable[] = [];
  const reading: RepositoryReading = { ...newReading(storageFs, root), unreadable };
  if (!isThere(reading, repositoryFolder(target.repository))) return undefined;
  const tags = target.tag === undefined ? tagFor(target.digest!) : readTag(reading, target.repository, target.tag);
  if (!tags) return undefined;
  const walk = new ImageWalk(reading, target.repository, manifests);
  walk.follow(unpackDigests(tags.targets).filter((digest) => digest !== undefined));
  if (target.digest !== undefined && !walk.finds(target.digest)) return undefined;
  return {
    repository: {
      name: target.repository,
      // What stands where a folder should be shows in the links' own states: each was opened, not looked up in a listing.
      tagsState: DiskState.ok,
      layersState: DiskState.ok,
      blocked: [],
      linkFolders: { layer: [], revision: [] },
      layerLinks: walk.layerLinks,
      revisionLinks: walk.revisionLinks,
      unexpectedLinks: { layer: [], revision: [] },
      tags: [tags],
      uploads: [],
      unexpected: [],
      unreadable,
    },
    manifests: walk.manifests,
    blobs: [...walk.blobs],
  };
}

/** Looks for each of these blobs in the store: a batch at a time. */
export function* readImageBlobs(
  storageFs: StorageFs,
  root: string,
  digests: Iterable<string>,
  memory?: FileMemory,
): Generator<BlobFacts> {
  const shards = new Map<string, { shard: BlobShard; names: string[] }>();
  for (const digest of digests) {
    const { algorithm, hex } = parseDigest(digest)!;
    const prefix = hex.slice(0, 2);
    const known = shards.get(`${algorithm}/${prefix}`);
    if (known) known.names.push(hex);
    else shards.set(`${algorithm}/${prefix}`, { shard: { algorithm, prefix }, names: [hex] });
  }
  const { statSync, lstatSync, fstatSync, statfsSync, accessSync, openSync, readSync, closeSync } = storageFs;
  for (const { shard, names } of shards.values()) {
    // The shard as if it held these blobs and no others, so that none but they are looked at.
    const readdirSync = (() => [...names]) as unknown as StorageFs["readdirSync"];
    const others = { fstatSync, statfsSync, accessSync, openSync, readSync, closeSync };
    const shardFs = { readdirSync, statSync, lstatSync, ...others };
    yield readBlobShard(shardFs, root, shard, undefined, memory);
  }
}

function isThere(reading: RepositoryReading, path: string): boolean {
  const { stat, code } = statPart(reading, path);
  return stat !== undefined || (code !== undefined && code !== "ENOTDIR");
}

/** Undefined where the repository has no such tag; a tag whose folder lacks its link is one that dangles. */
function readTag(reading: RepositoryReading, repository: string, tag: string): TagFacts | undefined {
  const tags = readTags(reading, repository, [tag], { times: false, history: [] });
  const isGone = tags.states[0] === DiskState.absent;
  return isGone && !isThere(reading, tagFolder(repository, tag)) ? undefined : tags;
}

/** A manifest that is asked for by digest is held as if a tag named it, so that it is judged as any image is. */
function tagFor(digest: string): TagFacts {
  return {
    names: [BY_DIGEST],
    states: Uint8Array.of(DiskState.ok),
    targets: packDigests([digest]),
    modified: new Float64Array(),
    pushed: new Float64Array(),
    historyCounts: new Int32Array(1),
    historyStates: Uint8Array.of(DiskState.absent),
    loopedHistory: new Map(),
    history: packDigests([]),
    reasons: new Map(),
  };
}

/** Follows manifests to what they name, a level at a time, and reads each link and each manifest once. */
class ImageWalk {
  readonly #reading: RepositoryReading;
  readonly #repository: string;
  readonly #manifests: ManifestReading;
  readonly layerLinks: LinkFacts[] = [];
  readonly revisionLinks: LinkFacts[] = [];
  readonly manifests: { readonly digests: readonly string[]; readonly facts: ManifestFacts }[] = [];
  readonly blobs = new Set<string>();
  readonly #linked = { layer: new Set<string>(), revision: new Set<string>() };
  readonly #read = new Set<string>();

  constructor(reading: RepositoryReading, repository: string, manifests: ManifestReading) {
    this.#reading = reading;
    this.#repository = repository;
    this.#manifests = manifests;
  }

  follow(first: readonly string[]): void {
    const parts: string[] = [];
    for (let level = first; level.length > 0; ) {
      // A manifest is served by way of either link. What it would be is read too where neither is there.
      const targets = [...this.#readLinks("revision", level), ...this.#readLinks("layer", level)];
      const next: string[] = [];
      for (const { digest, role } of this.#readManifests([...level, ...targets])) {
        (role === Role.child ? next : parts).push(digest);
      }
      level = next.filter((digest) => !this.#linked.revision.has(digest));
    }
    // Where a link names another blob, the registry looks that one up in turn.
    for (let some: readonly string[] = parts; some.length > 0; some = this.#readLinks("layer", some)) {
      for (const digest of some) this.blobs.add(digest);
    }
  }

  /** Whether the repository links this manifest, or it is in the store at least. */
  finds(digest: string): boolean {
    const isLinked = [...this.revisionLinks, ...this.layerLinks].some((links) =>
      unpackDigests(links.places).some((place, row) => place === digest && links.states[row] !== DiskState.absent),
    );
    const { digests, facts } = this.manifests[0]!;
    return isLinked || facts.states[digests.indexOf(digest)] !== ManifestState.absent;
  }

  /** Gives the digests that these links hold where that is not their place. */
  #readLinks(kind: LinkKind, digests: Iterable<string>): string[] {
    const unread = ALGORITHMS.map((algorithm) => ({ algorithm, names: [] as string[] }));
    for (const digest of digests) {
      if (this.#linked[kind].has(digest)) continue;
      this.#linked[kind].add(digest);
      const { algorithm, hex } = parseDigest(digest)!;
      unread[ALGORITHMS.indexOf(algorithm)]!.names.push(hex);
    }
    const targets: string[] = [];
    for (const entries of unread) {
      if (entries.names.length === 0) continue;
      const links = readLinks(this.#reading, this.#repository, kind, entries);
      (kind === "layer" ? this.layerLinks : this.revisionLinks).push(links);
      for (const target of unpackDigests(links.otherTargets)) targets.push(target!);
    }
    return targets;
  }

  /** Gives what they reference; text that is not a digest is left out, as nobody can ask for it. */
  *#readManifests(digests: readonly string[]): Generator<{ digest: string; role: Role }> {
    const unread = [...new Set(digests)].filter((digest) => !this.#read.has(digest));
    for (const digest of unread) {
      this.#read.add(digest);
      this.blobs.add(digest);
    }
    const facts = readManifests(this.#reading.fs, this.#reading.root, packDigests(unread), {
      reading: this.#manifests,
    });
    this.manifests.push({ digests: unread, facts });
    for (const [reference, digest] of unpackDigests(facts.targets).entries()) {
      if (digest !== undefined && parseDigest(digest)) yield { digest, role: facts.roles[reference] as Role };
    }
  }
}
