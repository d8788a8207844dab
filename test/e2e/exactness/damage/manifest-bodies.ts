// Manifests that are different: other valid ones, and references that cannot be right. manifest-texts.ts has those whose
// JSON itself is strange.
import type { Described, Material } from "./material.ts";

export type MakeBody = (material: Material) => string | Uint8Array;

export const types = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
};

export function image(material: Material, change: object = {}): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: types.ociManifest,
    config: material.config,
    layers: material.layers,
    ...change,
  });
}

export function index(children: unknown, change: object = {}): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: types.ociIndex, manifests: children, ...change });
}

const platform = { os: "linux", architecture: "amd64" };
const withLayer = (change: Record<string, unknown>): MakeBody => {
  return (material) => image(material, { layers: [material.layers[0], { ...material.layers[1], ...change }] });
};
const withConfig = (change: Record<string, unknown>): MakeBody => {
  return (material) => image(material, { config: { ...material.config, ...change } });
};
const withChild = (change: Record<string, unknown>): MakeBody => {
  return (material) => index([{ ...material.children[0], ...change }, material.children[1]]);
};
const without = (blob: Described, key: string) => Object.fromEntries(Object.entries(blob).filter(([k]) => k !== key));

const asManifest = (blob: Described): Described => ({ ...blob, mediaType: types.ociManifest });

const schema1 = (material: Material, change: object = {}) => ({
  schemaVersion: 1,
  name: material.repository,
  tag: "old",
  architecture: "amd64",
  fsLayers: material.layers.map((layer) => ({ blobSum: layer.digest })),
  history: material.layers.map(() => ({ v1Compatibility: "{}" })),
  ...change,
});

/** Well-formed in the registry's eyes; whether a client can pull them depends on what else is there. */
export const manifestBodies: Record<string, MakeBody> = {
  "oci-image": (material) => image(material),
  "docker-image": (material) => image(material, { mediaType: types.dockerManifest }),
  "image-without-media-type": (material) => image(material, { mediaType: undefined }),
  "oci-index": (material) => index(material.children.map((child) => ({ ...child, platform }))),
  "docker-list": (material) => index(material.children, { mediaType: types.dockerList }),
  "index-without-media-type": (material) => index(material.children, { mediaType: undefined }),
  "empty-index": () => index([]),
  "index-null-manifests": () => index(null),
  "index-no-manifests": () => index(undefined),
  "index-and-layers": (material) => image(material, { mediaType: undefined, manifests: material.children }),
  "empty-manifests-and-layers": (material) => image(material, { mediaType: undefined, manifests: [] }),
  "null-manifests-and-layers": (material) => image(material, { mediaType: undefined, manifests: null }),
  "image-with-manifests-key": (material) => image(material, { manifests: material.children }),
  "index-with-layers-key": (material) => index(material.children, { layers: [material.absent] }),
  "no-layers": (material) => image(material, { layers: [] }),
  "null-layers": (material) => image(material, { layers: null }),
  "layers-left-out": (material) => image(material, { layers: undefined }),
  "no-config": (material) => image(material, { config: undefined }),
  "empty-config": (material) => image(material, { config: {} }),
  "null-config": (material) => image(material, { config: null }),
  "null-layer": (material) => image(material, { layers: [null, material.layers[0]] }),
  "version-only": () => '{"schemaVersion":2}',
  "absent-layer": (material) => image(material, { layers: [material.absent] }),
  "absent-config": (material) => image(material, { config: material.absent }),
  "absent-child": (material) => index([material.children[0], asManifest(material.absent)]),
  "absent-blob-child": (material) => index([material.children[0], material.absent]),
  "absent-untyped-child": (material) => index([without(material.absent, "mediaType")]),
  "foreign-layer": (material) => image(material, { layers: [material.foreign] }),
  "foreign-config": (material) => image(material, { config: material.foreign }),
  "foreign-child": (material) => index([asManifest(material.foreign)]),
  "foreign-blob-child": (material) => index([material.layers[0], material.foreign]),
  "layer-as-child": (material) => index([material.layers[0]]),
  "layer-as-manifest-child": (material) => index([asManifest(material.layers[0])]),
  "manifest-as-blob-child": (material) => index([{ ...material.children[0], mediaType: material.layers[0].mediaType }]),
  "child-twice-two-types": (material) =>
    index([material.children[0], { ...material.children[0], mediaType: material.layers[0].mediaType }]),
  "blob-child-size-wrong": (material) => index([{ ...material.layers[0], size: 1 }]),
  "blob-child-elsewhere": (material) => index([{ ...material.absent, urls: ["https://example.com/layer"] }]),
  "manifest-child-elsewhere": (material) =>
    index([{ ...asManifest(material.absent), urls: ["https://example.com/layer"] }]),
  "blob-child-by-sha512": (material) => index([material.linkBySha512(), material.children[0]]),
  "child-as-layer": (material) => image(material, { layers: [material.children[0]] }),
  "child-twice": (material) => index([material.children[0], material.children[0]]),
  "child-twice-two-sizes": (material) => index([material.children[0], { ...material.children[0], size: 7 }]),
  "layer-twice-two-sizes": (material) =>
    image(material, { layers: [material.layers[0], { ...material.layers[0], size: 7 }] }),
  "config-as-layer": (material) => image(material, { layers: [material.config] }),
  "two-thousand-layers": (material) => image(material, { layers: Array(2000).fill(material.layers[0]) }),
  "layer-size-wrong": withLayer({ size: 12345 }),
  "layer-size-zero": withLayer({ size: 0 }),
  "layer-size-negative": withLayer({ size: -1 }),
  "layer-size-null": withLayer({ size: null }),
  "layer-size-minus-zero": (material) => image(material).replace(/"size":\d+/, '"size":-0'),
  "layer-size-huge": (material) => image(material).replace(/"size":\d+\}\]/, '"size":9007199254740993}]'),
  "layer-without-size": (material) =>
    image(material, { layers: material.layers.map((layer) => without(layer, "size")) }),
  "config-size-wrong": withConfig({ size: 1 }),
  "config-without-size": (material) => image(material, { config: without(material.config, "size") }),
  "child-size-wrong": withChild({ size: 1 }),
  "child-size-zero": withChild({ size: 0 }),
  "child-without-size": (material) => index(material.children.map((child) => without(child, "size"))),
  "layer-with-urls": (material) =>
    image(material, { layers: [{ ...material.absent, urls: ["https://example.com/layer"] }] }),
  "layer-with-empty-urls": (material) => image(material, { layers: [{ ...material.absent, urls: [] }] }),
  "layer-with-null-urls": (material) => image(material, { layers: [{ ...material.absent, urls: null }] }),
  "config-with-urls": (material) =>
    image(material, { config: { ...material.absent, urls: ["https://example.com/config"] } }),
  "child-with-urls": (material) => index([{ ...material.absent, urls: ["https://example.com/child"] }]),
  "present-layer-with-urls-wrong-size": withLayer({ urls: ["https://example.com/layer"], size: 1 }),
  "digest-garbage": withLayer({ digest: "garbage" }),
  "digest-empty": withLayer({ digest: "" }),
  "digest-left-out": withLayer({ digest: undefined }),
  "digest-path-like": withLayer({ digest: "sha256:../../x" }),
  "digest-upper-case": (material) =>
    image(material, { layers: [{ ...material.layers[0], digest: material.layers[0].digest.toUpperCase() }] }),
  "digest-with-newline": (material) =>
    image(material, { layers: [{ ...material.layers[0], digest: `${material.layers[0].digest}\n` }] }),
  "digest-unknown-algorithm": withLayer({ digest: `md5:${"0".repeat(32)}` }),
  "digest-sha384": withLayer({ digest: `sha384:${"0".repeat(96)}` }),
  "digest-sha512": withLayer({ digest: `sha512:${"0".repeat(128)}` }),
  "digest-sha512-linked": (material) => image(material, { layers: [material.linkBySha512()] }),
  "config-digest-garbage": withConfig({ digest: "garbage" }),
  "child-digest-garbage": withChild({ digest: "garbage" }),
  "child-digest-path-like": withChild({ digest: "sha256:../../x" }),
  "child-digest-sha384": withChild({ digest: `sha384:${"0".repeat(96)}` }),
  "child-digest-sha512": withChild({ digest: `sha512:${"0".repeat(128)}` }),
  "with-absent-subject": (material) => image(material, { subject: material.absent, artifactType: "application/x" }),
  "with-annotations": (material) => image(material, { annotations: { note: "x" } }),
  schema1: (material) => JSON.stringify(schema1(material)),
  "schema1-pretty": (material) => JSON.stringify(schema1(material), null, 3),
  "schema1-media-type": (material) =>
    JSON.stringify(schema1(material, { mediaType: "application/vnd.docker.distribution.manifest.v1+json" })),
  "schema1-signed": (material) => JSON.stringify(schema1(material, { signatures: [{ signature: "x" }] }), null, 3),
  "schema1-absent-layer": (material) =>
    JSON.stringify(schema1(material, { fsLayers: [{ blobSum: material.absent.digest }] })),
  "schema1-no-layers": (material) => JSON.stringify(schema1(material, { fsLayers: null })),
  "schema1-garbage-layer": (material) =>
    JSON.stringify(schema1(material, { fsLayers: [{ blobSum: "tarsum+sha256:x" }] })),
  "schema1-layers-key": (material) => image(material, { schemaVersion: 1, mediaType: undefined }),
};
