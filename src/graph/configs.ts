// Which blobs are the configs of images: so small that every scan hashes them, unlike layers.
import { Bytes, Integers } from "../facts/columns.ts";
import { DiskState, Role } from "../facts/facts.ts";
import type { RootGraph } from "./root-graph.ts";

/** In the column of expected sizes: no config, and one whose size is not said, or said in several ways. Else the size plus two. */
const NO_CONFIG = 0;
const ANY_SIZE = 1;

export class Configs {
  readonly #graph: RootGraph;
  readonly #most: number;
  /** How many manifests were looked at. */
  #known = 0;
  /** By digest. */
  readonly #expected = new Integers();
  readonly #taken = new Bytes();
  #again: number[] = [];

  /** `most` is the largest that is hashed, in bytes. */
  constructor(graph: RootGraph, most: number) {
    this.#graph = graph;
    this.#most = most;
  }

  /**
   * The configs of the manifests that were read since it was asked last, and those to be looked at again, as far as their
   * content is worth a look, each once.
   */
  take(): number[] {
    const { manifests, digests } = this.#graph;
    const blobs = this.#again;
    for (const blob of this.#again) this.#taken.set(blob, 0);
    this.#again = [];
    const aliases = new Set<number>();
    for (; this.#known < manifests.length; this.#known++) {
      for (const reference of manifests.references(this.#known)) {
        const blob = manifests.target(reference);
        if (manifests.role(reference) !== Role.config || !digests.isDigest(blob)) continue;
        this.#expect(blob, manifests.targetSize(reference));
        if (digests.algorithm(blob) !== "sha256") aliases.add(blob);
        else blobs.push(blob);
      }
    }
    for (const blob of this.#storedAs(aliases)) blobs.push(blob);
    return blobs.filter((blob) => {
      if (this.#taken.at(blob) === 1 || !this.#isWorthALook(blob)) return false;
      this.#taken.set(blob, 1);
      return true;
    });
  }

  /** A blob is stored under sha256 whatever names it; its link tells which one. */
  *#storedAs(aliases: ReadonlySet<number>): Generator<number> {
    const { layerLinks } = this.#graph;
    for (let link = 0; aliases.size > 0 && link < layerLinks.length; link++) {
      const [place, blob] = [layerLinks.place(link), layerLinks.target(link)];
      if (!aliases.has(place) || blob < 0 || blob === place) continue;
      this.#expected.set(blob, this.#expected.at(blob) === NO_CONFIG ? ANY_SIZE : this.#expected.at(blob));
      yield blob;
    }
  }

  /** Has a blob that has changed looked at again, if it is a config. */
  lookAgain(blob: number): void {
    if (this.#expected.at(blob) !== NO_CONFIG) this.#again.push(blob);
  }

  /**
   * Whether the blob is a config, in the store, small, and as long as it should be (of another length, what is wrong with
   * it is known), and not known to be what it should.
   */
  #isWorthALook(blob: number): boolean {
    const expected = this.#expected.at(blob);
    const size = this.#graph.blobSize(blob);
    if (expected === NO_CONFIG || (expected !== ANY_SIZE && expected !== size + 2) || size > this.#most) return false;
    return this.#graph.blobState(blob) === DiskState.ok && !this.#graph.isKnownSound(blob);
  }

  #expect(blob: number, size: number): void {
    // A size that no small blob has is as good as one more than the largest: nothing of it is looked at.
    const said = Number.isNaN(size) ? ANY_SIZE : size >= 0 && size <= this.#most ? size + 2 : this.#most + 3;
    const known = this.#expected.at(blob);
    this.#expected.set(blob, known === NO_CONFIG || known === said ? said : ANY_SIZE);
  }
}
