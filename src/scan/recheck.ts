// Reads once more what a finding rests on: a registry may have been at work while the root was read.

import type { ClosedPath, User } from "../facts/closed.ts";
import { DiskState } from "../facts/facts.ts";
import { packDigests } from "../facts/packed-digests.ts";
import { parseDigest } from "../layout/digest.ts";
import { isStateBroken } from "./cache-evidence.ts";
import { hashFile } from "./content/hash-file.ts";
import { Judge } from "./fs/judging-fs.ts";
import { isThere, type StorageFs } from "./fs/storage-fs.ts";
import { statBlob } from "./read-blobs.ts";
import { MOST_CONTENT } from "./read-contents.ts";
import { LinkReader } from "./read-link.ts";
import { readManifests } from "./read-manifests.ts";

/** What was true of one path when it was first read. Paths are relative to the root. */
export type DiskClaim =
  | { readonly kind: "link"; readonly path: string; readonly state: DiskState; readonly target: string }
  | { readonly kind: "folder"; readonly path: string; readonly present: boolean }
  | { readonly kind: "blob"; readonly path: string; readonly state: DiskState; readonly size: number }
  | {
      readonly kind: "manifest";
      readonly path: string;
      readonly digest: string;
      readonly size: number;
      readonly corrupt: boolean;
    }
  /** That a blob's content hashes to something else than its digest. */
  | {
      readonly kind: "content";
      readonly path: string;
      readonly digest: string;
      readonly size: number;
      readonly modified: number;
    }
  /** That a cache does not start with its scheduler-state.json, which it writes in place. */
  | { readonly kind: "cache-state"; readonly path: string }
  | { readonly kind: "closed"; readonly path: string; readonly need: ClosedPath["need"]; readonly user: User };

/** Holds claims against the storage root at `root`; each path is read once, however many findings rest on it. */
export class Rechecker {
  readonly #fs: StorageFs;
  readonly #root: string;
  readonly #links: LinkReader;
  readonly #known = new Map<string, boolean>();

  constructor(storageFs: StorageFs, root: string) {
    this.#fs = storageFs;
    this.#root = root;
    this.#links = new LinkReader(storageFs);
  }

  /** Whether the claim is still true. */
  holds(claim: DiskClaim): boolean {
    const key = `${claim.kind} ${claim.path}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const holds = this.#read(claim);
    this.#known.set(key, holds);
    return holds;
  }

  #read(claim: DiskClaim): boolean {
    const path = claim.path === "." ? this.#root : `${this.#root}/${claim.path}`;
    if (claim.kind === "closed") {
      const judge = new Judge(this.#fs, this.#root, { ...claim.user, isNamed: true });
      if (claim.need === "list") judge.lists(path);
      else judge.looksAt(path);
      return judge.closed.some((entry) => entry.path === claim.path);
    }
    if (claim.kind === "cache-state") return isStateBroken(this.#fs, this.#root);
    if (claim.kind === "link") {
      const link = this.#links.read(path, claim.target);
      return link.state === claim.state && link.target === claim.target;
    }
    if (claim.kind === "folder") return isThere(this.#fs, path) === claim.present;
    if (claim.kind === "blob") {
      const { state, size } = statBlob(this.#fs, path);
      return state === claim.state && (state !== DiskState.ok || size === claim.size);
    }
    if (claim.kind === "content") {
      const { algorithm, hex } = parseDigest(claim.digest)!;
      const { state, size, modified } = statBlob(this.#fs, path);
      const isSame = state === DiskState.ok && size === claim.size && modified === claim.modified;
      // What is large was read twice when it was found corrupt, and a third time could take minutes.
      if (isSame && size > MOST_CONTENT) return true;
      const content = hashFile(this.#fs, path, algorithm, size);
      return content.hex !== undefined && content.hex !== hex;
    }
    const manifest = readManifests(this.#fs, this.#root, packDigests([claim.digest]));
    return manifest.sizes[0] === claim.size && (manifest.corrupt[0] === 1) === claim.corrupt;
  }
}
