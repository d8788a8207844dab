// What a stored manifest references, as the registry reads it (docs/internals/registry-2.8.3.md section 4,
// docs/internals/registry-3.md section 4). Whether it can read it at all, down to the quirks of its JSON decoder, decides
// between 200 and 500, and whether a garbage collection runs or aborts.

import { decodeJson } from "./go-json/go-json.ts";
import type { Slice } from "./go-json/values.ts";
import { type Document, type ManifestReading, type Platform, READINGS } from "./manifest-shapes.ts";

export { EARLIER, type ManifestReading } from "./manifest-shapes.ts";

export type ManifestKind = "image" | "index" | "schema1";
/**
 * What a reference is to its manifest. `child` is what clients ask /manifests/ for. What an index names by the media type
 * of a config or layer is asked for under /blobs/, and is a `config` or `layer` of the index.
 */
export type ReferenceRole = "config" | "layer" | "child";

export interface Reference {
  role: ReferenceRole;
  /** The string in the manifest as Go holds it, a digest or garbage; "" when absent. */
  digest: string;
  /** Bytes, which may be negative; NaN when the descriptor has no size (in schema 1 always). */
  size: number;
  /** A blob that clients fetch from elsewhere: its descriptor has a non-empty `urls`. */
  foreign: boolean;
  /** In an index: `os/arch` or `os/arch/variant`, `unknown` without an os; undefined when the child has no platform. */
  platform: string | undefined;
  /** Set on children that hold another child's provenance rather than an image: no client pulls them for a platform. */
  attestation?: boolean;
}

export type ManifestContent =
  | {
      ok: true;
      kind: ManifestKind;
      /** What the manifest says; "" when it does not. */
      mediaType: string;
      /** In the registry's order: config, then layers. */
      references: Reference[];
      /** The digest of OCI's `subject`; the registry does not know it, so neither serving nor garbage collection depends on it. */
      subject: string | undefined;
      artifactType: string | undefined;
    }
  | {
      ok: false;
      /** A short fragment of a sentence; may hold control characters from the manifest. */
      reason: string;
      /** The registry does not answer 500 but panics: the connection is dropped, a garbage collection crashes. */
      panics: boolean;
    };

/** What the registry reads at most: a manifest of exactly this size is still served. */
export const MAX_MANIFEST_BYTES = 4 << 20;

const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";

/** The media types by which clients ask for a manifest; by any other, containerd (and so BuildKit) asks for a blob. */
const MANIFEST_TYPES: ReadonlySet<string> = new Set([
  DOCKER_MANIFEST,
  DOCKER_LIST,
  OCI_MANIFEST,
  OCI_INDEX,
  "application/vnd.docker.distribution.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
]);

/** Never throws. Takes any bytes: nothing about `content` need have been checked. */
export function parseManifest(content: Uint8Array, reading: ManifestReading = "2.8.3"): ManifestContent {
  if (content.length > MAX_MANIFEST_BYTES) return unreadable("larger than 4 MiB");
  const { document, dockerList, untypedFields, readsSchema1 } = READINGS[reading];
  const decoded = decodeJson(content, document);
  if (!decoded.ok) return unreadable(`not JSON: ${decoded.reason}`);
  const { value: manifest, typeErrors } = decoded;
  const { schemaVersion, mediaType } = manifest;
  const wrongType = (...keys: string[]) => keys.map((key) => typeErrors.get(key)).find((error) => error !== undefined);

  const wrongVersion = wrongType("", "schemaVersion", "mediaType");
  if (wrongVersion !== undefined) return unreadable(wrongVersion);
  if (schemaVersion === 1 && readsSchema1) {
    const reason = wrongType("name", "tag", "architecture", "fsLayers", "history") ?? unsignable(content, decoded);
    return reason === undefined ? readable("schema1", mediaType, fsLayerReferences(manifest)) : unreadable(reason);
  }
  if (schemaVersion === 0) return unreadable("no schemaVersion");
  if (schemaVersion !== 2) return unreadable(`schemaVersion ${schemaVersion}`);

  switch (mediaType) {
    case DOCKER_LIST: {
      const list = dockerList === document ? decoded : decodeJson(content, dockerList);
      const reason = list.ok ? list.typeErrors.get("manifests") : list.reason;
      return reason === undefined ? readableIndex(manifest) : unreadable(reason);
    }
    case OCI_INDEX: {
      const reason = wrongType(...untypedFields);
      return reason === undefined ? readableIndex(manifest) : unreadable(reason);
    }
    case DOCKER_MANIFEST: {
      const reason = wrongType("config", "layers");
      return reason === undefined ? readableImage(manifest) : unreadable(reason);
    }
    case "": {
      // It is read as an index first, and the registry does not expect that to fail.
      const reason = wrongType(...untypedFields);
      if (reason !== undefined) return unreadable(reason, true);
      if (manifest.manifests !== undefined) return readableIndex(manifest);
      break;
    }
    case OCI_MANIFEST:
      break;
    default:
      return unreadable(`unknown mediaType "${shortened(mediaType)}"`);
  }
  const reason = wrongType("config", "layers", "annotations");
  return reason === undefined ? readableImage(manifest) : unreadable(reason);
}

function readableIndex(manifest: Document): ManifestContent {
  return readable("index", manifest.mediaType, childReferences(manifest), manifest);
}

function readableImage(manifest: Document): ManifestContent {
  return readable("image", manifest.mediaType, imageReferences(manifest), manifest);
}

function unreadable(reason: string, panics = false): ManifestContent {
  return { ok: false, reason, panics };
}

function readable(kind: ManifestKind, mediaType: string, references: Reference[], oci?: Document): ManifestContent {
  const subject = oci?.subject?.digest || undefined;
  return { ok: true, kind, mediaType, references, subject, artifactType: oci?.artifactType || undefined };
}

/**
 * Why the registry fails to sign a schema 1 manifest, which it does again each time it reads one, and then reads what it
 * signed. It measures the text to be signed with the white space in front but cuts it without; only padding of exactly
 * the signature's length, which depends on the registry's key, could survive that.
 */
function unsignable(content: Uint8Array, decoded: { numberOverflow: boolean }): string | undefined {
  if (decoded.numberOverflow) return "a number is out of range";
  return content[0] === "{".charCodeAt(0) ? undefined : "white space before a schema 1 manifest";
}

function imageReferences({ config, layers }: Document): Reference[] {
  const references: Reference[] = [
    { role: "config", digest: config.digest, size: config.size, foreign: false, platform: undefined },
  ];
  for (const { digest, size, urls } of elements(layers)) {
    references.push({ role: "layer", digest, size, foreign: hasAny(urls), platform: undefined });
  }
  return references;
}

function childReferences({ manifests }: Document): Reference[] {
  return elements(manifests).map(({ mediaType, digest, size, urls, platform, annotations }) => {
    const role = childRole(mediaType);
    const foreign = role !== "child" && hasAny(urls);
    const name = platformName(platform);
    const reference: Reference = { role, digest, size, foreign, platform: name };
    // By another platform a client would choose it, whatever the annotation says.
    const isOfNone = name === "unknown/unknown";
    if (role === "child" && isOfNone && annotations?.get("vnd.docker.reference.type") === "attestation-manifest")
      reference.attestation = true;
    return reference;
  });
}

/** What an index's child is to a client, which knows nothing of it but its descriptor; one without a type is a manifest. */
function childRole(mediaType: string): ReferenceRole {
  if (mediaType === "" || MANIFEST_TYPES.has(mediaType)) return "child";
  // As BuildKit, CNAB, OCI and Docker call theirs.
  return /config|container\.image/.test(mediaType) ? "config" : "layer";
}

function hasAny(urls: Slice<undefined> | undefined): boolean {
  return urls !== undefined && urls.length > 0;
}

function fsLayerReferences({ fsLayers }: Document): Reference[] {
  return elements(fsLayers).map(({ blobSum }) => {
    return { role: "layer", digest: blobSum, size: Number.NaN, foreign: false, platform: undefined };
  });
}

function elements<T>(slice: Slice<T> | undefined): T[] {
  return slice === undefined ? [] : slice.slots.slice(0, slice.length);
}

function platformName(platform: Platform | undefined): string | undefined {
  if (platform === undefined) return undefined;
  const { os, architecture, variant } = platform;
  if (os === "") return "unknown";
  const name = architecture === "" ? os : `${os}/${architecture}`;
  return variant === "" ? name : `${name}/${variant}`;
}

function shortened(mediaType: string): string {
  return mediaType.length > 80 ? `${mediaType.slice(0, 79)}…` : mediaType;
}
