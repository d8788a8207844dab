// What registry 3 reads otherwise in a manifest than 2.8.3 (docs/internals/registry-3.md section 4).
import { describe, expect, it } from "vitest";
import { parseManifest } from "../../src/layout/manifest.ts";

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json";

const bytes = (document: object) => new TextEncoder().encode(JSON.stringify(document));
const digest = `sha256:${"0".repeat(64)}`;

/** What 2.8.3 and 3.1 make of it: `ok`, why not, or `crash`. */
function read(document: object): [string, string] {
  const said = (reading: "2.8.3" | "3.1") => {
    const content = parseManifest(bytes({ schemaVersion: 2, ...document }), reading);
    return content.ok ? "ok" : content.panics ? "crash" : content.reason;
  };
  return [said("2.8.3"), said("3.1")];
}

describe("data of a descriptor", () => {
  const places: [string, (data: unknown) => object][] = [
    ["config", (data) => ({ mediaType: IMAGE, config: { digest, data }, layers: [] })],
    ["config, Docker", (data) => ({ mediaType: DOCKER_IMAGE, config: { digest, data }, layers: [] })],
    ["layers", (data) => ({ mediaType: IMAGE, config: { digest }, layers: [{ digest, data }] })],
    ["manifests", (data) => ({ mediaType: INDEX, manifests: [{ digest, data }] })],
    ["manifests, Docker", (data) => ({ mediaType: DOCKER_LIST, manifests: [{ digest, data }] })],
  ];

  it.each(places)("must be base64 in %s", (_, document) => {
    for (const data of ["", "aGk=", "aGlo", "aG\nk=", [104, 105], [], null]) {
      expect(read(document(data)), JSON.stringify(data)).toEqual(["ok", "ok"]);
    }
    for (const data of ["hi", "aGk", "a===", "aG-_", 1, {}, [256], [-1], ["a"]]) {
      expect(read(document(data)), JSON.stringify(data)).toEqual(["ok", expect.stringContaining('"data"')]);
    }
  });
});

describe("registry 3 reads otherwise than 2.8.3", () => {
  it.each<[string, object, [string, string | RegExp]]>([
    ["schema 1", { schemaVersion: 1, fsLayers: [] }, ["ok", "schemaVersion 1"]],
    [
      "artifactType of a descriptor",
      { mediaType: INDEX, manifests: [{ digest, artifactType: 1 }] },
      ["ok", /"artifactType"/],
    ],
    ["annotations of an index", { mediaType: INDEX, manifests: [], annotations: { a: 1 } }, ["ok", /"annotations"/]],
    [
      "features of a platform in an OCI index",
      { mediaType: INDEX, manifests: [{ platform: { features: 1 } }] },
      [expect.stringContaining('"features"') as never, "ok"],
    ],
    [
      "annotations without a mediaType",
      { annotations: { a: 1 }, layers: [] },
      [expect.stringContaining('"annotations"') as never, "crash"],
    ],
    ["data of a child without a mediaType", { manifests: [{ digest, data: "x" }] }, ["ok", "crash"]],
  ])("%s", (_, document, [before, now]) => {
    expect(read(document)).toEqual([before, now instanceof RegExp ? expect.stringMatching(now) : now]);
  });
});

describe("registry 3 reads as 2.8.3", () => {
  it.each<[string, object]>([
    ["features of a platform in a Docker list", { mediaType: DOCKER_LIST, manifests: [{ platform: { features: 1 } }] }],
    ["annotations of a Docker list", { mediaType: DOCKER_LIST, manifests: [], annotations: { a: 1 } }],
    ["manifests that are an object, without a mediaType", { manifests: {} }],
    ["manifests that are null, without a mediaType", { manifests: null, config: { digest }, layers: [] }],
    ["subject and artifactType of a wrong type", { mediaType: IMAGE, subject: 1, artifactType: 2, config: { digest } }],
  ])("%s", (_, document) => {
    const [before, now] = read(document);
    expect(now).toBe(before);
  });
});
