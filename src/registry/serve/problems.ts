// The problems of a root in columns: of a store that is gone there may be a million, which as objects would take a gigabyte.
import { Bytes, Integers } from "../../facts/columns.ts";
import type { RepositoryNode } from "../../graph/root-graph.ts";
import type { Failure, PullProblem } from "./failure.ts";
import type { Answer, Reply } from "./serve.ts";

const KINDS = ["layer", "revision"] as const;

/** In the order in which they were added. Each is made as it is read, so two readings give two objects. */
export class Problems implements Iterable<PullProblem> {
  readonly #failures = new Names<Failure>();
  readonly #repositories = new Names<RepositoryNode>();
  readonly #digests = new Integers();
  readonly #parents = new Integers();
  readonly #references = new Integers();
  readonly #tags = new Integers();
  readonly #platforms = new Names<string | undefined>();
  readonly #unwanted = new Bytes();
  /** Which of the tag lists; one array is shared by all problems at or below the same manifests. */
  readonly #broken = new Names<readonly number[]>();
  /** 0 for none, else the number of its kind and 1. */
  readonly #replies = new Bytes();
  readonly #answers = new Names<Answer | undefined>();
  readonly #links = new Integers();
  readonly #asked = new Integers();
  readonly #blobs = new Integers();

  get length(): number {
    return this.#digests.length;
  }

  push({ failure, repository, digest, parent, reference, reply, tag, platform, isUnwanted, tags }: PullProblem): void {
    this.#failures.push(failure);
    this.#repositories.push(repository);
    this.#digests.push(digest);
    this.#parents.push(parent);
    this.#references.push(reference);
    this.#tags.push(tag);
    this.#platforms.push(platform);
    this.#unwanted.push(isUnwanted ? 1 : 0);
    this.#broken.push(tags);
    this.#replies.push(reply ? KINDS.indexOf(reply.kind) + 1 : 0);
    this.#answers.push(reply?.answer);
    this.#links.push(reply?.link ?? -1);
    this.#asked.push(reply?.asked ?? -1);
    this.#blobs.push(reply?.blob ?? -1);
  }

  *[Symbol.iterator](): Generator<PullProblem> {
    for (let row = 0; row < this.length; row++) yield this.#at(row);
  }

  /** Those with one of these failures. */
  *of(failures: readonly Failure[]): Generator<PullProblem> {
    for (let row = 0; row < this.length; row++) if (failures.includes(this.#failures.at(row))) yield this.#at(row);
  }

  /** Those in one repository. */
  *in(repository: RepositoryNode): Generator<PullProblem> {
    for (let row = 0; row < this.length; row++) if (this.#repositories.at(row) === repository) yield this.#at(row);
  }

  #at(row: number): PullProblem {
    return {
      failure: this.#failures.at(row),
      repository: this.#repositories.at(row),
      digest: this.#digests.at(row),
      parent: this.#parents.at(row),
      reference: this.#references.at(row),
      reply: this.#replyAt(row),
      tag: this.#tags.at(row),
      platform: this.#platforms.at(row),
      isUnwanted: this.#unwanted.at(row) === 1,
      tags: this.#broken.at(row),
    };
  }

  #replyAt(row: number): Reply | undefined {
    const kind = this.#replies.at(row);
    if (kind === 0) return undefined;
    return {
      answer: this.#answers.at(row) as Answer,
      link: this.#links.at(row),
      kind: KINDS[kind - 1]!,
      asked: this.#asked.at(row),
      blob: this.#blobs.at(row),
    };
  }
}

/** A column of values of which many are the same one: each is held once. */
class Names<T> {
  readonly #values: T[] = [];
  readonly #numbers = new Map<T, number>();
  readonly #rows = new Integers();

  push(value: T): void {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.#values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    this.#rows.push(number);
  }

  at(row: number): T {
    return this.#values[this.#rows.at(row)]!;
  }
}
