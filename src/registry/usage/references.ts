// Who references a blob: every step up from it, over configs, layers, children, indexes, subjects and links that hold
// another digest, to the tags at the top.

import { Role } from "../../facts/facts.ts";
import type { RootGraph } from "../../graph/root-graph.ts";

export type StepKind =
  | "config"
  | "layer"
  | "child"
  /** `from` names `to` as its subject: a reference for people, none for the registry. */
  | "subject"
  /** The other way about: `to` names `from` as its subject, and is there for its sake (a signature, an SBOM). */
  | "referrer"
  /** A link of the repository that lies under `from` holds `to`. */
  | "alias";

/** One step up: `from` is why `to` is there. Digests are numbers of the graph. */
export interface Step {
  readonly kind: StepKind;
  readonly from: number;
  readonly to: number;
  /** The reference's number, of configs, layers and children; else -1. */
  readonly reference: number;
  /** The only repository (its index) in which the step holds, of referrers and aliases; else -1. */
  readonly repository: number;
}

export interface References {
  /** Every step of every way up: those next to the blob first, then by the digests of `to` and `from`. */
  readonly steps: readonly Step[];
  /** The tags at the end of the ways, by repository and name. */
  readonly tags: readonly number[];
}

/** Where a way up has got to. */
interface Place {
  readonly digest: number;
  /** The only repository whose tags it can end at; -1 for any. */
  readonly repository: number;
  /** Whether it has gone from a referrer to its subject. Other referrers of that are no reason then. */
  readonly hasReferred: boolean;
}

const ROLE_STEPS = {
  [Role.config]: "config",
  [Role.layer]: "layer",
  [Role.child]: "child",
} as const satisfies Record<Role, StepKind>;

/** The graph's references backwards; made once, it answers for any number of digests. Linear in references and links. */
export class ReferenceIndex {
  readonly #graph: RootGraph;
  /** References by what they name: those of digest d are `#references` from `#first[d]` up to `#first[d + 1]`. */
  readonly #first: Int32Array;
  readonly #references: Int32Array;
  /** The manifest that each of `#references` is in, by its digest. */
  readonly #owners: Int32Array;
  /** Manifests by what they name as their subject. */
  readonly #bySubject = new Map<number, number[]>();
  /** The repositories that hold a manifest which names a subject. */
  readonly #holders = new Map<number, number[]>();
  /** Links that hold another digest than their place says, by what they hold. */
  readonly #aliases = new Map<number, { place: number; repository: number }[]>();
  readonly #tags = new Map<number, number[]>();

  constructor(graph: RootGraph) {
    this.#graph = graph;
    const { digests } = graph;
    const counts = new Int32Array(digests.length + 1);
    this.#eachReference((_, reference) => counts[graph.manifests.target(reference)]!++);
    this.#first = new Int32Array(digests.length + 1);
    for (let digest = 0; digest < digests.length; digest++)
      this.#first[digest + 1] = this.#first[digest]! + counts[digest]!;
    const next = this.#first.slice();
    const total = this.#first[digests.length]!;
    this.#references = new Int32Array(total);
    this.#owners = new Int32Array(total);
    this.#eachReference((owner, reference) => {
      const at = next[graph.manifests.target(reference)]!++;
      this.#references[at] = reference;
      this.#owners[at] = owner;
    });
    this.#indexRepositories();
  }

  /** All that leads up from this digest. Linear in what it gives. */
  of(digest: number): References {
    const start: Place = { digest, repository: -1, hasReferred: false };
    const seen = new Set([this.#keyOf(start)]);
    const steps = new Map<string, Step>();
    const tags = new Set<number>();
    let level = [start];
    const sorted: Step[] = [];
    while (level.length > 0) {
      const above: Place[] = [];
      const found: Step[] = [];
      for (const place of level) {
        for (const tag of this.#tags.get(place.digest) ?? []) {
          if (place.repository < 0 || this.#graph.tags.repository(tag) === place.repository) tags.add(tag);
        }
        for (const { step, to } of this.#stepsFrom(place)) {
          const key = `${step.kind} ${step.from} ${step.to} ${step.reference} ${step.repository}`;
          if (!steps.has(key)) {
            steps.set(key, step);
            found.push(step);
          }
          if (seen.has(this.#keyOf(to))) continue;
          seen.add(this.#keyOf(to));
          above.push(to);
        }
      }
      for (const step of found.sort((a, b) => this.#compare(a, b))) sorted.push(step);
      level = above;
    }
    return { steps: sorted, tags: this.#sortTags(tags) };
  }

  #eachReference(tell: (owner: number, reference: number) => void): void {
    const { manifests } = this.#graph;
    for (let manifest = 0; manifest < manifests.length; manifest++) {
      const owner = manifests.digest(manifest);
      // A manifest that was read again has an older row too.
      if (!manifests.isParsed(manifest) || manifests.find(owner) !== manifest) continue;
      const { first, end } = manifests.references(manifest);
      for (let reference = first; reference < end; reference++) tell(owner, reference);
    }
  }

  #indexRepositories(): void {
    const { manifests, layerLinks, revisions, tags } = this.#graph;
    for (let manifest = 0; manifest < manifests.length; manifest++) {
      const subject = manifests.subject(manifest);
      const owner = manifests.digest(manifest);
      if (subject >= 0 && manifests.find(owner) === manifest) pushTo(this.#bySubject, subject, owner);
    }
    for (const repository of this.#graph.repositories()) {
      const { index } = repository;
      for (const tag of repository.tags) {
        if (tags.target(tag) >= 0) pushTo(this.#tags, tags.target(tag), tag);
      }
      for (const link of repository.revisions) {
        const target = revisions.target(link);
        if (target < 0) continue;
        if (this.#subjectOf(target) >= 0) pushTo(this.#holders, target, index);
        if (target !== revisions.place(link))
          pushTo(this.#aliases, target, { place: revisions.place(link), repository: index });
      }
      for (const link of repository.layerLinks) {
        const [place, target] = [layerLinks.place(link), layerLinks.target(link)];
        if (target >= 0 && target !== place) pushTo(this.#aliases, target, { place, repository: index });
      }
    }
  }

  /** What the manifest that was read from this blob names as its subject, or -1. */
  #subjectOf(digest: number): number {
    const manifest = this.#graph.manifests.find(digest);
    return manifest < 0 ? -1 : this.#graph.manifests.subject(manifest);
  }

  *#stepsFrom(place: Place): Generator<{ step: Step; to: Place }> {
    const { digest, repository, hasReferred } = place;
    for (let at = this.#first[digest] ?? 0; at < (this.#first[digest + 1] ?? 0); at++) {
      const [from, reference] = [this.#owners[at]!, this.#references[at]!];
      const kind = ROLE_STEPS[this.#graph.manifests.role(reference)];
      yield { step: { kind, from, to: digest, reference, repository: -1 }, to: { ...place, digest: from } };
    }
    for (const from of hasReferred ? [] : (this.#bySubject.get(digest) ?? [])) {
      yield {
        step: { kind: "subject", from, to: digest, reference: -1, repository: -1 },
        to: { ...place, digest: from },
      };
    }
    for (const holder of this.#holders.get(digest) ?? []) {
      if (repository >= 0 && repository !== holder) continue;
      const from = this.#subjectOf(digest);
      yield {
        step: { kind: "referrer", from, to: digest, reference: -1, repository: holder },
        to: { digest: from, repository: holder, hasReferred: true },
      };
    }
    for (const alias of this.#aliases.get(digest) ?? []) {
      if (repository >= 0 && repository !== alias.repository) continue;
      yield {
        step: { kind: "alias", from: alias.place, to: digest, reference: -1, repository: alias.repository },
        to: { ...place, digest: alias.place, repository: alias.repository },
      };
    }
  }

  #keyOf({ digest, repository, hasReferred }: Place): number {
    return (digest * 2 + (hasReferred ? 1 : 0)) * 2 ** 21 + repository + 1;
  }

  #compare(a: Step, b: Step): number {
    const { digests } = this.#graph;
    const byDigest = digests.compare(a.to, b.to) || digests.compare(a.from, b.from);
    if (byDigest !== 0) return byDigest;
    if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
    return a.reference - b.reference || byText(this.#repositoryName(a), this.#repositoryName(b));
  }

  #repositoryName({ repository }: Step): string {
    return repository < 0 ? "" : this.#graph.repository(repository).name;
  }

  #sortTags(tags: ReadonlySet<number>): number[] {
    const nameOf = (tag: number) => this.#graph.repository(this.#graph.tags.repository(tag)).name;
    return [...tags].sort(
      (a, b) => byText(nameOf(a), nameOf(b)) || byText(this.#graph.tags.name(a), this.#graph.tags.name(b)),
    );
  }
}

function pushTo<Value>(map: Map<number, Value[]>, key: number, value: Value): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
