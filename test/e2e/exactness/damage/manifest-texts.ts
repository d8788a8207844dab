// Manifests whose JSON is strange: what Go's decoder takes in another way than JSON.parse, or refuses, or panics over.
import { image, index, type MakeBody, types } from "./manifest-bodies.ts";

const refuse =
  (text: string): MakeBody =>
  () =>
    text;
const change =
  (alter: (text: string) => string): MakeBody =>
  (material) =>
    alter(image(material));
const nested = (depth: number) => (text: string) =>
  text.replace("{", `{"nested":${"[".repeat(depth)}${"]".repeat(depth)},`);
const json = JSON.stringify;
const mebibyte = 1 << 20;

export const manifestTexts: Record<string, MakeBody> = {
  "no-json": refuse("this is no manifest"),
  "empty-object": refuse("{}"),
  "empty-text": refuse(""),
  array: refuse("[]"),
  null: refuse("null"),
  string: refuse('"manifest"'),
  "byte-order-mark": change((text) => `\uFEFF${text}`),
  "trailing-garbage": change((text) => `${text}x`),
  "trailing-null-bytes": change((text) => `${text}\0\0`),
  "two-documents": change((text) => text + text),
  "trailing-whitespace": change((text) => `\n${text}\r\n\t `),
  "cut-in-half": change((text) => text.slice(0, text.length / 2)),
  comment: change((text) => `/* manifest */${text}`),
  "single-quotes": change((text) => text.replaceAll('"', "'")),
  "trailing-comma": change((text) => text.replace(/\}$/, ",}")),
  "control-character": change((text) => text.replace("{", '{"note":"a\u0001b",')),
  "escaped-null": change((text) => text.replace("{", '{"note":"a\\u0000b",')),
  "lone-surrogate": change((text) => text.replace("{", '{"note":"\\ud800",')),
  "bad-escape": change((text) => text.replace("{", '{"note":"\\x41",')),
  "invalid-utf8-value": (material) => withBadByte(image(material, { note: "@@" })),
  "invalid-utf8-key": (material) => withBadByte(image(material, { "@@": 1 })),
  "invalid-utf8-media-type": (material) => withBadByte(image(material, { mediaType: `${types.ociManifest}@@` })),
  "invalid-utf8-digest": (material) =>
    withBadByte(image(material, { layers: [{ ...material.layers[0], digest: "@@" }] })),
  utf16: (material) => Buffer.from(image(material), "utf16le"),
  "number-leading-zero": change((text) => text.replace("{", '{"note":01,')),
  "number-huge": change((text) => text.replace("{", '{"note":1e999,')),
  "nested-9998": change(nested(9998)),
  "nested-9999": change(nested(9999)),
  "nested-10000": change(nested(10000)),
  "nested-10001": change(nested(10001)),
  "nested-100000": change(nested(100000)),
  "padded-to-4-mib": change((text) => text.padEnd(4 * mebibyte)),
  "padded-over-4-mib": change((text) => text.padEnd(4 * mebibyte + 1)),
  "five-mib": change((text) => text.replace("{", `{"note":"${"x".repeat(5 * mebibyte)}",`)),
  "upper-case-keys": change((text) => text.replace(/"(\w+)":/g, (key) => key.toUpperCase())),
  "long-s-keys": change((text) => text.replace('"layers"', '"layer\u017F"').replace('"digest"', '"dige\u017Ft"')),
  "escaped-keys": change((text) => text.replace('"layers"', '"l\\u0061yers"')),
  "accented-key": change((text) => text.replace('"layers"', '"läyers"')),
  "spaced-key": change((text) => text.replace('"layers"', '" layers"')),
  "dotless-i-key": change((text) => text.replace('"config"', '"conf\u0131g"')),
  "duplicate-layers": (material) => image(material).replace("{", `{"layers":[${json(material.absent)}],`),
  "duplicate-layers-last-absent": (material) => image(material).replace(/\}$/, `,"Layers":[${json(material.absent)}]}`),
  "duplicate-layers-merged": (material) => image(material).replace(/\}$/, `,"layers":[{"size":5}]}`),
  "duplicate-layers-urls-kept": (material) =>
    image(material, { layers: [{ ...material.layers[0], urls: ["https://example.com/layer"] }] }).replace(
      /\}$/,
      `,"layers":[${json(material.absent)}]}`,
    ),
  "duplicate-layers-grown-again": (material) => image(material).replace(/\}$/, `,"layers":[{}],"layers":[{},{}]}`),
  "duplicate-layers-null": change((text) => text.replace(/\}$/, ',"layers":null}')),
  "duplicate-layers-empty": change((text) => text.replace(/\}$/, ',"layers":[]}')),
  "duplicate-config-merged": (material) =>
    image(material).replace(/\}$/, `,"config":{"digest":"${material.layers[0].digest}"}}`),
  "duplicate-config-null": change((text) => text.replace(/\}$/, ',"config":null}')),
  "duplicate-digest": (material) =>
    image(material).replace('"layers":[{', `"layers":[{"digest":"${material.absent.digest}",`),
  "duplicate-manifests": (material) =>
    index(material.children).replace(/\}$/, `,"MANIFESTS":[${json(material.absent)}]}`),
  "duplicate-manifests-null": (material) => index(material.children).replace(/\}$/, ',"manifests":null}'),
  "duplicate-manifests-null-no-media-type": (material) =>
    index(material.children, { mediaType: undefined }).replace(/\}$/, ',"manifests":null}'),
  "duplicate-media-type": change((text) => text.replace(/\}$/, `,"mediatype":"${types.ociIndex}"}`)),
  "duplicate-media-type-null": change((text) => text.replace(/\}$/, ',"mediaType":null}')),
  "duplicate-media-type-empty": change((text) => text.replace(/\}$/, ',"mediaType":""}')),
  "duplicate-schema-version": change((text) => text.replace(/\}$/, ',"schemaVersion":1}')),
  "duplicate-schema-version-null": change((text) => text.replace(/\}$/, ',"schemaVersion":null}')),
  "schema-version-left-out": (material) => image(material, { schemaVersion: undefined }),
  "schema-version-3": (material) => image(material, { schemaVersion: 3 }),
  "schema-version-0": (material) => image(material, { schemaVersion: 0 }),
  "schema-version-null": (material) => image(material, { schemaVersion: null }),
  "schema-version-string": (material) => image(material, { schemaVersion: "2" }),
  "schema-version-float": change((text) => text.replace('"schemaVersion":2', '"schemaVersion":2.0')),
  "schema-version-exponent": change((text) => text.replace('"schemaVersion":2', '"schemaVersion":2e0')),
  "schema-version-too-large": change((text) =>
    text.replace('"schemaVersion":2', '"schemaVersion":9223372036854775808'),
  ),
  "media-type-unknown": (material) => image(material, { mediaType: "application/json" }),
  "media-type-number": (material) => image(material, { mediaType: 2 }),
  "media-type-null": (material) => image(material, { mediaType: null }),
  "media-type-empty": (material) => image(material, { mediaType: "" }),
  "media-type-upper-case": (material) => image(material, { mediaType: types.ociManifest.toUpperCase() }),
  "media-type-with-parameter": (material) => image(material, { mediaType: `${types.ociManifest}; charset=utf-8` }),
  "layers-object": (material) => image(material, { layers: {} }),
  "layers-string": (material) => image(material, { layers: "none" }),
  "layers-of-strings": (material) => image(material, { layers: ["sha256:x"] }),
  "layers-object-no-media-type": (material) => image(material, { mediaType: undefined, layers: {} }),
  "layers-object-in-index": (material) => index(material.children, { layers: {} }),
  "layers-object-in-index-no-media-type": (material) => index(material.children, { mediaType: undefined, layers: {} }),
  "manifests-object": () => index({}),
  "manifests-object-no-media-type": () => index({}, { mediaType: undefined }),
  "manifests-string-no-media-type": (material) => image(material, { mediaType: undefined, manifests: "none" }),
  "manifests-of-numbers-no-media-type": () => index([1], { mediaType: undefined }),
  "manifests-object-in-image": (material) => image(material, { manifests: {} }),
  "manifests-of-nulls": () => index([null]),
  "config-string": (material) => image(material, { config: "none" }),
  "config-array": (material) => image(material, { config: [] }),
  "size-string": (material) => image(material, { config: { ...material.config, size: "300" } }),
  "size-float": (material) => image(material, { config: { ...material.config, size: 1.5 } }),
  "size-exponent": change((text) => text.replace(/"size":\d+/, '"size":1e2')),
  "size-too-large": change((text) => text.replace(/"size":\d+/, '"size":9223372036854775808')),
  "digest-number": (material) => image(material, { config: { ...material.config, digest: 1 } }),
  "digest-null": (material) => image(material, { config: { ...material.config, digest: null } }),
  "urls-string": (material) => image(material, { layers: [{ ...material.absent, urls: "https://example.com" }] }),
  "urls-of-numbers": (material) => image(material, { layers: [{ ...material.absent, urls: [1] }] }),
  "urls-of-null": (material) => image(material, { layers: [{ ...material.absent, urls: [null] }] }),
  "annotations-array": (material) => image(material, { annotations: [] }),
  "annotations-of-numbers": (material) => image(material, { annotations: { count: 1 } }),
  "annotations-of-numbers-docker": (material) =>
    image(material, { mediaType: types.dockerManifest, annotations: { count: 1 } }),
  "descriptor-annotations-of-numbers": (material) =>
    image(material, { config: { ...material.config, annotations: { count: 1 } } }),
  "descriptor-platform-string": (material) => image(material, { config: { ...material.config, platform: "linux" } }),
  "platform-string": (material) => index([{ ...material.children[0], platform: "linux/amd64" }]),
  "platform-null": (material) => index([{ ...material.children[0], platform: null }]),
  "platform-features-string": (material) => index([{ ...material.children[0], platform: { features: "sse4" } }]),
  "platform-os-number": (material) => index([{ ...material.children[0], platform: { os: 1 } }]),
  "platform-os-features-string": (material) => index([{ ...material.children[0], platform: { "os.features": "x" } }]),
  "schema1-history-object": (material) =>
    json({ schemaVersion: 1, fsLayers: [{ blobSum: material.layers[0].digest }], history: {} }),
  "schema1-name-number": (material) =>
    json({ schemaVersion: 1, name: 1, fsLayers: [{ blobSum: material.layers[0].digest }] }),
  "schema1-trailing-whitespace": (material) =>
    `${json({ schemaVersion: 1, fsLayers: [{ blobSum: material.layers[0].digest }] })}\n\n`,
  "schema1-space-before-end": (material) =>
    `${json({ schemaVersion: 1, fsLayers: [{ blobSum: material.layers[0].digest }] }).slice(0, -1)}  \n }`,
};

/** Puts two bytes in the place of `@@` that no UTF-8 text has. */
function withBadByte(text: string): Buffer {
  const bytes = Buffer.from(text);
  const position = bytes.indexOf("@@");
  bytes[position] = 0xff;
  bytes[position + 1] = 0xc3;
  return bytes;
}
