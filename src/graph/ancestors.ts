// The manifests of an index that lead to some digests, upwards: those that name one of them, that name one of those, and so on.
import { Role } from "../facts/facts.ts";
import { RecordReader } from "../facts/manifest-records.ts";
import { type DigestItem, digestText } from "../facts/packed-digests.ts";
import { OTHER_DIGESTS, type RootIndex } from "../facts/root-index.ts";

export class Ancestors {
  readonly #index: RootIndex;
  /** By number in the index: 1 for the digests that were asked for, and for all that leads to them. */
  readonly #wanted: Uint8Array;
  readonly #others = new Set<number>();
  #hasGrown = false;

  constructor(index: RootIndex) {
    this.#index = index;
    this.#wanted = new Uint8Array(index.digestCount);
  }

  /** The digests of all manifests that the index has. */
  *manifests(): Generator<DigestItem> {
    const record = new RecordReader(this.#index.records);
    for (let at = 0; at < this.#index.records.length; at = record.position) {
      record.open(at);
      for (let left = record.references; left > 0; left--) record.next();
      yield this.#index.digest(record.own);
    }
  }

  /** Whether some manifest names the digest as its config or layer: then it is hardly a manifest itself. */
  isPart(digest: DigestItem): boolean {
    const number = this.#index.numberOf(digest);
    const record = new RecordReader(this.#index.records);
    for (let at = 0; number >= 0 && at < this.#index.records.length; at = record.position) {
      record.open(at);
      for (let left = record.references; left > 0; left--) {
        record.next();
        if (record.target === number && record.role !== Role.child) return true;
      }
    }
    return false;
  }

  /** Has this digest's ancestors looked for; one that the index does not know has none. */
  want(digest: DigestItem): void {
    const number = this.#index.numberOf(digest);
    if (number >= 0) this.#add(number);
  }

  /** The digests of the manifests that lead to what is wanted, and of the subjects of all of these. */
  find(): string[] {
    const record = new RecordReader(this.#index.records);
    do {
      this.#hasGrown = false;
      for (let at = 0; at < this.#index.records.length; at = record.position) {
        record.open(at);
        let leads = record.subject >= 0 && this.#has(record.subject);
        for (let left = record.references; left > 0; left--) {
          record.next();
          leads ||= this.#has(record.target);
        }
        if (leads) this.#add(record.own);
        if (record.subject >= 0 && this.#has(record.own)) this.#add(record.subject);
      }
    } while (this.#hasGrown);
    const numbers = [...this.#others];
    for (let number = 0; number < this.#wanted.length; number++) if (this.#wanted[number] === 1) numbers.push(number);
    return numbers.map((number) => {
      const { code, bytes, offset, size } = this.#index.digest(number);
      return digestText(code, bytes, offset, size)!;
    });
  }

  #has(number: number): boolean {
    return number < OTHER_DIGESTS ? this.#wanted[number] === 1 : this.#others.has(number);
  }

  #add(number: number): void {
    if (this.#has(number)) return;
    this.#hasGrown = true;
    if (number < OTHER_DIGESTS) this.#wanted[number] = 1;
    else this.#others.add(number);
  }
}
