import { describe, expect, it } from "vitest";
import { MAX_MANIFEST_BYTES, parseManifest } from "../../src/layout/manifest.ts";

const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const parse = (document: unknown) =>
  parseManifest(new TextEncoder().encode(typeof document === "string" ? document : JSON.stringify(document)));

function readable(document: unknown) {
  const content = parse(document);
  if (!content.ok) throw new Error(content.reason);
  return content;
}

function failure(document: unknown) {
  const content = parse(document);
  if (content.ok) throw new Error(`read as ${content.kind}`);
  return content;
}

const v2 = (mediaType: string, fields: object) => ({ schemaVersion: 2, mediaType, ...fields });
const config = { mediaType: "c", digest: digest("c"), size: 10 };
const layer = { mediaType: "l", digest: digest("1"), size: 20 };

describe("an image", () => {
  it.each([DOCKER_MANIFEST, OCI_MANIFEST])("of type %s references its config, then its layers", (mediaType) => {
    const content = readable(v2(mediaType, { layers: [layer, { ...layer, digest: digest("2") }], config }));
    const plain = { foreign: false, platform: undefined };
    expect(content).toEqual({
      ok: true,
      kind: "image",
      mediaType,
      references: [
        { role: "config", digest: digest("c"), size: 10, ...plain },
        { role: "layer", digest: digest("1"), size: 20, ...plain },
        { role: "layer", digest: digest("2"), size: 20, ...plain },
      ],
      subject: undefined,
      artifactType: undefined,
    });
  });

  it("may say nothing of its type", () => {
    expect(readable({ schemaVersion: 2, config, layers: null })).toMatchObject({ kind: "image", mediaType: "" });
  });

  it("has a config even if it names none", () => {
    expect(readable({ schemaVersion: 2 }).references).toMatchObject([{ role: "config", digest: "", size: Number.NaN }]);
  });

  it("has foreign layers where there are urls", () => {
    const layers = [
      { ...layer, urls: ["https://example.com/layer"] },
      { ...layer, urls: [] },
    ];
    expect(readable({ schemaVersion: 2, layers }).references.map(({ foreign }) => foreign)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("fails on annotations that are no strings, unless it is Docker's", () => {
    expect(failure(v2(OCI_MANIFEST, { annotations: { a: 1 } })).reason).toBe(
      'a value of "annotations" is not a string',
    );
    expect(failure({ schemaVersion: 2, annotations: [] }).reason).toBe('"annotations" is not an object');
    expect(readable(v2(DOCKER_MANIFEST, { annotations: { a: 1 } })).kind).toBe("image");
  });

  it("may hold manifests of any type when its own type is known", () => {
    expect(readable(v2(OCI_MANIFEST, { manifests: 5 })).kind).toBe("image");
  });

  it("fails on a platform of the wrong type in a layer, though nobody wants it", () => {
    const layers = [{ ...layer, platform: { os: 1 } }];
    expect(failure({ schemaVersion: 2, layers }).reason).toBe('"os" in "layers" is not a string');
  });
});

describe("an index", () => {
  it.each([DOCKER_LIST, OCI_INDEX])("of type %s references its children", (mediaType) => {
    const manifests = [{ digest: digest("a"), size: 5, platform: { os: "linux", architecture: "arm", variant: "v7" } }];
    expect(readable(v2(mediaType, { manifests, layers: "ignored", config: 5, annotations: 5 }))).toEqual({
      ok: true,
      kind: "index",
      mediaType,
      references: [{ role: "child", digest: digest("a"), size: 5, foreign: false, platform: "linux/arm/v7" }],
      subject: undefined,
      artifactType: undefined,
    });
  });

  it.each([
    [{ os: "linux", architecture: "amd64" }, "linux/amd64"],
    [{ os: "windows", architecture: "amd64", "os.version": "10.0" }, "windows/amd64"],
    [{ os: "linux" }, "linux"],
    [{ architecture: "amd64" }, "unknown"],
    [{}, "unknown"],
    [null, undefined],
    [undefined, undefined],
  ])("names the platform %j %s", (platform, name) => {
    expect(readable({ schemaVersion: 2, manifests: [{ platform }] }).references[0]?.platform).toBe(name);
  });

  it("has blobs among its children where their media type is neither a manifest's nor an index's", () => {
    const of = (mediaType: string, more = {}) => ({ mediaType, digest: digest("a"), size: 5, ...more });
    const urls = ["https://example.com/layer"];
    const manifests = [
      of("application/vnd.oci.image.layer.v1.tar+gzip"),
      of("application/vnd.oci.image.layer.v1.tar+gzip", { urls }),
      of("application/vnd.buildkit.cacheconfig.v0"),
      of("application/vnd.cnab.config.v1+json"),
      of("application/vnd.docker.container.image.v1+json"),
      of(OCI_MANIFEST, { urls }),
      of("application/vnd.docker.distribution.manifest.v1+prettyjws"),
      of(""),
      { digest: digest("a"), size: 5 },
    ];
    const { references } = readable(v2(OCI_INDEX, { manifests }));
    expect(references.map(({ role, foreign }) => `${role}${foreign ? " elsewhere" : ""}`)).toEqual([
      ...["layer", "layer elsewhere", "config", "config", "config"],
      ...["child", "child", "child", "child"],
    ]);
  });

  it("marks attestations", () => {
    const annotations = { "vnd.docker.reference.type": "attestation-manifest" };
    const platform = { os: "unknown", architecture: "unknown" };
    const manifests = [
      { annotations, platform },
      { annotations: {}, platform },
      { annotations, platform: { ...platform, os: "linux" } },
      { annotations },
    ];
    const { references } = readable({ schemaVersion: 2, manifests });
    expect(references.map(({ attestation }) => attestation)).toEqual([true, undefined, undefined, undefined]);
  });

  it("without a type is one where manifests are present and not null, even if there are layers", () => {
    expect(readable({ schemaVersion: 2, manifests: [], layers: [layer] })).toMatchObject({
      kind: "index",
      references: [],
    });
    expect(readable({ schemaVersion: 2, manifests: null, layers: [layer] }).kind).toBe("image");
  });

  it("makes the registry panic only when it has no type and wrong manifests", () => {
    expect(failure({ schemaVersion: 2, manifests: {} })).toMatchObject({ panics: true });
    expect(failure({ schemaVersion: 2, manifests: [{ platform: "linux" }] })).toMatchObject({ panics: true });
    expect(failure(v2(OCI_INDEX, { manifests: {} }))).toMatchObject({ panics: false });
    expect(failure({ schemaVersion: 2, layers: {} })).toMatchObject({ panics: false });
    expect(failure('{"schemaVersion":2,"manifests":{}')).toMatchObject({ panics: false });
  });
});

describe("a schema 1 manifest", () => {
  const fsLayers = [{ blobSum: digest("b") }, { blobSum: digest("a") }];

  it("references its layers in order, signed or not", () => {
    const content = readable({ schemaVersion: 1, fsLayers, signatures: "anything" });
    expect(content.kind).toBe("schema1");
    expect(content.references).toEqual(
      ["b", "a"].map((letter) => {
        return { role: "layer", digest: digest(letter), size: Number.NaN, foreign: false, platform: undefined };
      }),
    );
  });

  it("may claim any type, and have config and layers of any type", () => {
    expect(readable({ schemaVersion: 1, mediaType: "x", config: 1, layers: 2, manifests: 3 }).references).toEqual([]);
  });

  it.each(["name", "tag", "architecture", "history", "fsLayers"])("fails on a number as its %s", (key) => {
    expect(failure({ schemaVersion: 1, [key]: 1 }).reason).toMatch(`"${key}" is not`);
  });

  it("cannot be signed when a number is too large, which other kinds do not mind", () => {
    expect(failure('{"schemaVersion":1,"x":[1e999]}').reason).toBe("a number is out of range");
    expect(readable('{"schemaVersion":2,"x":[1e999]}').kind).toBe("image");
  });

  it("cannot be signed with white space in front, which other kinds do not mind", () => {
    expect(failure('\n{"schemaVersion":1}').reason).toBe("white space before a schema 1 manifest");
    expect(readable('\n{"schemaVersion":2}').kind).toBe("image");
    expect(readable('{"schemaVersion":1}\n\n').kind).toBe("schema1");
  });
});

describe("what the registry does not know", () => {
  it("is read where it is well-formed", () => {
    const content = readable(v2(OCI_MANIFEST, { subject: { digest: digest("5"), size: "?" }, artifactType: "a/b" }));
    expect(content).toMatchObject({ subject: digest("5"), artifactType: "a/b" });
    expect(readable(v2(OCI_INDEX, { subject: { digest: digest("5") } })).subject).toBe(digest("5"));
  });

  it.each([5, [], null, { digest: 5 }, {}, { digest: "" }])("never fails a manifest: %j", (odd) => {
    const content = readable(v2(OCI_MANIFEST, { config, subject: odd, artifactType: odd }));
    expect(content).toMatchObject({ subject: undefined, artifactType: undefined, kind: "image" });
  });
});

describe("what is no manifest", () => {
  it.each([
    ["", "not JSON: empty"],
    ["\0\0\0", "not JSON: unexpected 0x00 at byte 0"],
    ['{"schemaVersion":2', "not JSON: unexpected end"],
    ["[]", "the document is not an object"],
    ["null", "no schemaVersion"],
    ["{}", "no schemaVersion"],
    ['{"schemaVersion":3}', "schemaVersion 3"],
    ['{"schemaVersion":2.0}', '"schemaVersion" is not an integer'],
    ['{"schemaVersion":2,"mediaType":1}', '"mediaType" is not a string'],
    ['{"schemaVersion":2,"mediaType":"x"}', 'unknown mediaType "x"'],
    ['{"schemaVersion":2,"layers":{}}', '"layers" is not an array'],
  ])("%j is refused", (document, reason) => {
    expect(failure(document)).toEqual({ ok: false, reason, panics: false });
  });

  it("is not quoted at length", () => {
    const { reason } = failure({ schemaVersion: 2, mediaType: "x".repeat(1000) });
    expect(reason).toBe(`unknown mediaType "${"x".repeat(79)}…"`);
  });

  it("is what exceeds 4 MiB by one byte", () => {
    const padded = (size: number) => parse('{"schemaVersion":2}'.padEnd(size));
    expect(padded(MAX_MANIFEST_BYTES)).toMatchObject({ ok: true });
    expect(padded(MAX_MANIFEST_BYTES + 1)).toMatchObject({ ok: false, reason: "larger than 4 MiB" });
  });
});

it("never throws, whatever it is given", () => {
  const base = new TextEncoder().encode(JSON.stringify(v2(OCI_INDEX, { manifests: [layer, config], x: [1.5, true] })));
  for (let at = 0; at < base.length; at++) {
    for (const byte of [0x00, 0x22, 0x5c, 0x7d, 0xff]) {
      const damaged = base.slice();
      damaged[at] = byte;
      expect(parseManifest(damaged)).toHaveProperty("ok");
      expect(parseManifest(damaged.subarray(0, at))).toHaveProperty("ok", false);
    }
  }
});
