// What a client written in Go finds in a manifest that it was given: the descriptors, with Go's way of decoding duplicate
// keys into the same value again (a later `config` fills in over the earlier one, a later array over the earlier elements).
import { type JsonNode, readJson, sameKey } from "./json-reader.ts";

export interface Descriptor {
  digest: string;
  /** undefined where the manifest gives none: then there is nothing to compare a length with. */
  size: bigint | undefined;
  urls: number;
  mediaType: string;
  /** `vnd.docker.reference.type` of its annotations, and of its platform what makes an attestation. */
  referenceType: string;
  os: string;
  architecture: string;
  variant: string;
}

export type References =
  | { kind: "index"; children: Descriptor[] }
  | { kind: "image"; config: Descriptor; layers: Descriptor[] }
  | { kind: "schema1"; layers: Descriptor[] };

/**
 * Whether a client asks for an index's child under /manifests/ or under /blobs/: containerd, and with it BuildKit, goes by
 * what the descriptor says that it is. One that does not say is taken for a manifest.
 */
export function isAskedAsManifest({ mediaType }: Descriptor): boolean {
  return mediaType === "" || askedAsManifests.test(mediaType);
}

/** Whether it is another child's provenance: of a platform that is none, so that no client picks it. */
export function isAttestation({ referenceType, os, architecture, variant }: Descriptor): boolean {
  return referenceType === "attestation-manifest" && os === "unknown" && architecture === "unknown" && variant === "";
}

const askedAsManifests =
  /^application\/vnd\.(?:docker\.distribution\.manifest\.(?:list\.v2\+json|v2\+json|v1\+json|v1\+prettyjws)|oci\.image\.(?:manifest|index)\.v1\+json)$/;

/** The backing of a Go slice: elements past `length` keep their old content, and come back when it grows again. */
interface Slice {
  elements: Descriptor[];
  length: number;
}

/** The kind is the registry's verdict: the Content-Type that it served the bytes with. */
export function referencesOf(contentType: string, bytes: Uint8Array): References {
  const document = readJson(bytes);
  if (/(manifest\.list|image\.index)\.v[12]\+json/.test(contentType)) {
    return { kind: "index", children: descriptorsAt(document, "manifests", "digest") };
  }
  if (/manifest\.v1\+(prettyjws|json)/.test(contentType) && contentType.includes("docker")) {
    return { kind: "schema1", layers: descriptorsAt(document, "fsLayers", "blobSum") };
  }
  const config = emptyDescriptor();
  for (const value of valuesOf(document, "config")) mergeDescriptor(config, value, "digest");
  return { kind: "image", config, layers: descriptorsAt(document, "layers", "digest") };
}

function emptyDescriptor(): Descriptor {
  return {
    digest: "",
    size: undefined,
    urls: 0,
    mediaType: "",
    referenceType: "",
    os: "",
    architecture: "",
    variant: "",
  };
}

function descriptorsAt(document: JsonNode, key: string, digestKey: string): Descriptor[] {
  let slice: Slice = { elements: [], length: 0 };
  for (const value of valuesOf(document, key)) {
    if (value.type !== "array" || value.items.length === 0) {
      slice = { elements: [], length: 0 };
      continue;
    }
    for (const [position, item] of value.items.entries()) {
      const element = slice.elements[position] ?? emptyDescriptor();
      slice.elements[position] = element;
      mergeDescriptor(element, item, digestKey);
    }
    slice.length = value.items.length;
  }
  return slice.elements.slice(0, slice.length);
}

function mergeDescriptor(target: Descriptor, node: JsonNode, digestKey: string): void {
  for (const value of valuesOf(node, digestKey)) if (value.type === "string") target.digest = value.value;
  for (const value of valuesOf(node, "mediaType")) if (value.type === "string") target.mediaType = value.value;
  for (const value of valuesOf(node, "size")) {
    if (value.type === "number" && /^-?[0-9]+$/.test(value.text)) target.size = BigInt(value.text);
  }
  for (const value of valuesOf(node, "annotations")) {
    if (value.type === "literal") target.referenceType = "";
    // Keys of a map are matched as they are, and a later document fills in over the earlier one.
    for (const [key, item] of value.type === "object" ? value.entries : []) {
      if (key === "vnd.docker.reference.type" && item.type === "string") target.referenceType = item.value;
    }
  }
  for (const value of valuesOf(node, "platform")) {
    if (value.type === "literal") Object.assign(target, { os: "", architecture: "", variant: "" });
    for (const field of ["os", "architecture", "variant"] as const) {
      for (const item of valuesOf(value, field)) if (item.type === "string") target[field] = item.value;
    }
  }
  for (const value of valuesOf(node, "urls")) target.urls = value.type === "array" ? value.items.length : 0;
}

function valuesOf(node: JsonNode, key: string): JsonNode[] {
  return node.type === "object"
    ? node.entries.filter(([written]) => sameKey(written, key)).map(([, value]) => value)
    : [];
}
