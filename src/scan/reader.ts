// Reads one storage root, in this process: what a thread would do, without starting one.
import type { PackedDigests } from "../layout/packed-digests.ts";
import type { BlobFacts, ManifestFacts, RepositoryFacts } from "./facts.ts";
import { type BlobStoreListing, listBlobStore, readBlobShard } from "./read-blobs.ts";
import { readManifests } from "./read-manifests.ts";
import { readRepository } from "./read-repository.ts";
import type { StorageFs } from "./storage-fs.ts";

export interface ReadOptions {
  /** Whether to hash every blob, not manifests alone. */
  readonly verifyContent: boolean;
  /** Whether to stat each tag's folder for when it last changed. */
  readonly tagTimes: boolean;
}

/** Told after each piece of work. `total` is undefined while it is not known. */
export type Progress = (phase: string, done: number, total: number | undefined) => void;

/** How long reading may hold up signals and progress, in milliseconds. */
const TURN = 50;

export class RootReader {
  readonly #fs: StorageFs;
  readonly #root: string;
  readonly #options: ReadOptions;
  readonly #progress: Progress;
  #lastTurn = performance.now();

  constructor(storageFs: StorageFs, root: string, options: ReadOptions, progress: Progress = () => {}) {
    this.#fs = storageFs;
    this.#root = root;
    this.#options = options;
    this.#progress = progress;
  }

  async readRepositories(names: readonly string[], take: (facts: RepositoryFacts) => void): Promise<void> {
    for (const [index, name] of names.entries()) {
      take(readRepository(this.#fs, this.#root, name, this.#options));
      await this.#pause("repositories", index + 1, names.length);
    }
  }

  async readBlobs(take: (facts: BlobFacts) => void): Promise<BlobStoreListing> {
    const listing = listBlobStore(this.#fs, this.#root);
    for (const [index, shard] of listing.shards.entries()) {
      take(readBlobShard(this.#fs, this.#root, shard, this.#options.verifyContent));
      await this.#pause("blob shards", index + 1, listing.shards.length);
    }
    return listing;
  }

  async readManifests(digests: PackedDigests): Promise<ManifestFacts> {
    const facts = readManifests(this.#fs, this.#root, digests);
    await this.#pause("manifests", digests.codes.length, digests.codes.length);
    return facts;
  }

  async #pause(phase: string, done: number, total: number): Promise<void> {
    if (performance.now() - this.#lastTurn < TURN && done < total) return;
    this.#progress(phase, done, total);
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastTurn = performance.now();
  }
}
