// What is wrong with how the target of a reference is served, to a client that asks for it by what the manifest says.

import { ManifestKind } from "../../facts/facts.ts";
import type { GraphView } from "../../graph/overlay.ts";
import type { Failure } from "./failure.ts";
import { isRefused, type Reply } from "./serve.ts";

export class ReferenceFailures {
  readonly #graph: GraphView;
  readonly #fetchesMissing: boolean;

  /** `fetchesMissing`: whether the registry gets from elsewhere what it does not have. */
  constructor(graph: GraphView, fetchesMissing: boolean) {
    this.#graph = graph;
    this.#fetchesMissing = fetchesMissing;
  }

  /** Whether the registry has to refuse it, and does not fetch it instead. */
  isRefused(reply: Reply): boolean {
    return !this.#fetchesMissing && isRefused(reply);
  }

  /** Of an index's child; what is wrong with the child itself is a problem of its own. */
  ofChild(reference: number, reply: Reply): "refused-reference" | "wrong-size" | undefined {
    if (this.isRefused(reply)) return "refused-reference";
    const { manifests } = this.#graph;
    if (reply.answer !== "served" || reply.blob !== manifests.target(reference)) return undefined;
    const manifest = manifests.find(reply.blob);
    const expected = manifests.targetSize(reference);
    const resigned = manifests.kind(manifest) === ManifestKind.schema1;
    if (Number.isNaN(expected) || resigned || manifests.isCorrupt(manifest)) return undefined;
    return manifests.size(manifest) === expected ? undefined : "wrong-size";
  }

  /** Of a config or a layer. */
  ofBlob(reference: number, reply: Reply): Failure | undefined {
    const { digests, manifests } = this.#graph;
    if (manifests.isForeign(reference)) return undefined;
    if (this.isRefused(reply)) return "refused-reference";
    if (reply.answer === "closed") return "closed";
    if (reply.answer !== "served") return reply.answer === "broken-link" ? "broken-link" : undefined;
    const digest = manifests.target(reference);
    // A blob is stored under sha256 whatever it was pushed by, and only its link bears the other name.
    const isAlias = digests.algorithm(digest) !== "sha256" && digests.algorithm(reply.blob) === "sha256";
    if ((reply.blob !== digest && !isAlias) || this.#graph.isBlobCorrupt(reply.blob)) return "wrong-content";
    const expected = manifests.targetSize(reference);
    return Number.isNaN(expected) || expected === this.#graph.blobSize(reply.blob) ? undefined : "wrong-size";
  }
}
