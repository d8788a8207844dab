// The manifests of a graph with some more that are not on its disk (yet), such as those that could be copied there.
import type { ManifestFacts, ManifestState, Role } from "../facts/facts.ts";
import type { DigestTable } from "./digest-table.ts";
import { ManifestTable } from "./manifests.ts";
import { Range } from "./range.ts";

/** What can be asked of manifests and their references, by their numbers. */
export type ManifestView = Pick<
  ManifestTable,
  | "find"
  | "state"
  | "isParsed"
  | "isCorrupt"
  | "kind"
  | "size"
  | "subject"
  | "references"
  | "target"
  | "role"
  | "targetSize"
  | "isForeign"
  | "isAttestation"
  | "platform"
>;

/** Manifests and references that are added get numbers from those of the graph's table on, which must not grow meanwhile. */
export class ManifestOverlay implements ManifestView {
  readonly #table: ManifestTable;
  readonly #added: ManifestTable;
  readonly #manifests: number;
  readonly #references: number;

  constructor(table: ManifestTable, digests: DigestTable) {
    this.#table = table;
    this.#added = new ManifestTable(digests);
    this.#manifests = table.length;
    this.#references = table.referenceCount;
  }

  add(digest: number, facts: ManifestFacts): void {
    this.#added.add([digest], facts);
  }

  find(digest: number): number {
    const added = this.#added.find(digest);
    return added >= 0 ? this.#manifests + added : this.#table.find(digest);
  }

  state(manifest: number): ManifestState {
    const [table, row] = this.#manifest(manifest);
    return table.state(row);
  }

  isParsed(manifest: number): boolean {
    const [table, row] = this.#manifest(manifest);
    return table.isParsed(row);
  }

  isCorrupt(manifest: number): boolean {
    const [table, row] = this.#manifest(manifest);
    return table.isCorrupt(row);
  }

  kind(manifest: number): number {
    const [table, row] = this.#manifest(manifest);
    return table.kind(row);
  }

  size(manifest: number): number {
    const [table, row] = this.#manifest(manifest);
    return table.size(row);
  }

  subject(manifest: number): number {
    const [table, row] = this.#manifest(manifest);
    return table.subject(row);
  }

  references(manifest: number): Range {
    if (manifest < this.#manifests) return this.#table.references(manifest);
    const { first, end } = this.#added.references(manifest - this.#manifests);
    return new Range(this.#references + first, this.#references + end);
  }

  target(reference: number): number {
    const [table, row] = this.#reference(reference);
    return table.target(row);
  }

  role(reference: number): Role {
    const [table, row] = this.#reference(reference);
    return table.role(row);
  }

  targetSize(reference: number): number {
    const [table, row] = this.#reference(reference);
    return table.targetSize(row);
  }

  isForeign(reference: number): boolean {
    const [table, row] = this.#reference(reference);
    return table.isForeign(row);
  }

  isAttestation(reference: number): boolean {
    const [table, row] = this.#reference(reference);
    return table.isAttestation(row);
  }

  platform(reference: number): string | undefined {
    const [table, row] = this.#reference(reference);
    return table.platform(row);
  }

  #manifest(manifest: number): readonly [ManifestTable, number] {
    if (manifest < this.#manifests) return [this.#table, manifest];
    return [this.#added, manifest - this.#manifests];
  }

  #reference(reference: number): readonly [ManifestTable, number] {
    if (reference < this.#references) return [this.#table, reference];
    return [this.#added, reference - this.#references];
  }
}
