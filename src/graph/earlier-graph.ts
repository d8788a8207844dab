// The graph as the release of the registry before serves it: with the manifests that only that reads, and by layer links.
import { ManifestState } from "../facts/facts.ts";
import { ManifestOverlay, type ManifestView } from "./manifest-overlay.ts";
import type { ManifestTable } from "./manifests.ts";
import { GraphOverlay } from "./overlay.ts";
import type { RootGraph } from "./root-graph.ts";

class EarlierManifests extends ManifestOverlay {
  readonly #read: ManifestTable;

  constructor(table: ManifestTable, digests: RootGraph["digests"]) {
    super(table, digests);
    this.#read = table;
  }

  override state(manifest: number): ManifestState {
    return this.#read.isOutdated(manifest) ? ManifestState.ok : super.state(manifest);
  }

  override isParsed(manifest: number): boolean {
    return this.state(manifest) === ManifestState.ok;
  }
}

/** Of a graph that was read for a release which has one before it. */
export class EarlierGraph extends GraphOverlay {
  override readonly servesByLayerLink: boolean;
  readonly #earlier: ManifestView;

  constructor(graph: RootGraph, servesByLayerLink: boolean) {
    super(graph);
    this.servesByLayerLink = servesByLayerLink;
    this.#earlier = new EarlierManifests(graph.manifests, graph.digests);
  }

  override get manifests(): ManifestView {
    return this.#earlier;
  }
}
