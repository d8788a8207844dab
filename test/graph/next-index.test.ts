// Manifests go through an index and come out as they were.
import { describe, expect, it } from "vitest";
import { packDigests } from "../../src/facts/packed-digests.ts";
import { INDEX_PARTS, RootIndex } from "../../src/facts/root-index.ts";
import { KnownManifests } from "../../src/graph/known-manifests.ts";
import { NextIndex } from "../../src/graph/next-index.ts";
import { RootGraph } from "../../src/graph/root-graph.ts";
import { graphOf } from "../worlds/scan-world.ts";
import { inSharedMemory } from "../worlds/shared-index.ts";
import { OCI_IMAGE, OCI_INDEX, World } from "../worlds/world.ts";

/** Each manifest of the graph with all that is known of it. */
function* described({ manifests, digests }: RootGraph) {
  for (let manifest = 0; manifest < manifests.length; manifest++) {
    const subject = manifests.subject(manifest);
    yield {
      digest: digests.text(manifests.digest(manifest)),
      state: manifests.state(manifest),
      kind: manifests.kind(manifest),
      size: manifests.size(manifest),
      subject: subject < 0 ? undefined : digests.text(subject),
      references: [...manifests.references(manifest)].map((reference) => ({
        target: digests.text(manifests.target(reference)),
        role: manifests.role(reference),
        size: manifests.targetSize(reference),
        foreign: manifests.isForeign(reference),
        attestation: manifests.isAttestation(reference),
        platform: manifests.platform(reference),
      })),
    };
  }
}

describe("manifests in an index", () => {
  it("come out as they went in", () => {
    const world = new World();
    const app = world.repository("app");
    const layer = app.layer();
    const { digest } = layer;
    const sizes = [undefined, 0, 7, 7, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 40, -1, 7, undefined];
    const image = (layers: object[], rest: object = {}) => {
      return app.manifest({ schemaVersion: 2, mediaType: OCI_IMAGE, config: layer, layers, ...rest });
    };
    image(sizes.map((size) => ({ digest, size })));
    // That stands for no usual size, also where it is the first that is given.
    for (const first of [2 ** 32 - 1, 2 ** 32]) {
      image([first, 5].map((size) => ({ digest: `sha256:${String(first).padStart(64, "f")}`, size })));
    }
    image(sizes.reverse().map((size) => ({ digest, size, urls: size === 7 ? ["https://elsewhere"] : undefined })));
    const signed = image([
      { digest: "no digest", size: 3 },
      { size: 4 },
      { digest: `sha512:${"ab".repeat(64)}`, size: 5 },
    ]);
    image([], { subject: { mediaType: OCI_IMAGE, digest: signed.digest, size: signed.size } });
    image([], { subject: { mediaType: OCI_IMAGE, digest: `sha384:${"cd".repeat(48)}`, size: 1 } });
    app.index({ "linux/amd64": signed, "linux/arm64": app.image() }, "multi");
    const provenance = {
      "vnd.docker.reference.type": "attestation-manifest",
      "vnd.docker.reference.digest": signed.digest,
    };
    app.indexOf([
      { ...signed, annotations: provenance, platform: { os: "unknown", architecture: "unknown" } } as never,
    ]);
    app.manifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
    app.manifest({
      schemaVersion: 1,
      name: "old",
      tag: "1",
      fsLayers: [{ blobSum: digest }],
      history: [],
      signatures: [],
    });
    const many = Array.from({ length: 300 }, (_, number) => ({
      digest: `sha256:${String(number).padStart(64, "0")}`,
      size: number,
    }));
    image(many);

    const graph = graphOf(world);
    const before = [...described(graph)].filter(({ state }) => state === 0);
    expect(before.length).toBeGreaterThan(8);
    const next = new NextIndex(graph);
    const counts = { links: 0, manifests: 0, configs: 0 };
    next.add({
      taken: counts,
      read: counts,
      places: new Uint32Array(0),
      tags: Uint32Array.of(5, 6),
      tagTargets: packDigests([signed.digest]),
      // One that is no manifest any more goes out again.
      manifests: Uint32Array.from([...before.keys(), 99].flatMap((number) => [number + 1, number])),
      manifestDigests: packDigests([...before.map((one) => one.digest), `sha256:${"e".repeat(64)}`]),
    });

    const index = new RootIndex(inSharedMemory(next, 1));
    const other = new RootGraph();
    const known = new KnownManifests(index, other.digests);
    for (const [number, { digest, size }] of before.entries()) {
      known.open(index.manifestRecord(index.manifests.find(number + 1, number)));
      other.manifests.addKnown(other.digests.addText(digest), size, known);
    }
    expect([...described(other)]).toEqual(before);
    expect(other.manifests.isFromIndex(0)).toBe(true);
    expect(index.manifests.find(100, 99)).toBe(-1);
    const tagged = index.digest(index.tagTarget(index.tags.find(5, 6)));
    expect(other.digests.text(other.digests.add(tagged))).toBe(signed.digest);
    expect(INDEX_PARTS).toEqual(Object.keys(new NextIndex(new RootGraph()).finish().parts));
  });
});
