// Makes image content that is the same byte for byte every time: layers, configs, manifests and indexes from a seed.
// Nothing here talks to a registry; push.ts does that.
import { createHash } from "node:crypto";

const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociLayer: "application/vnd.oci.image.layer.v1.tar+gzip",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  dockerForeignLayer: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
  ociForeignLayer: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
  inToto: "application/vnd.in-toto+json",
  emptyConfig: "application/vnd.oci.empty.v1+json",
  cacheConfig: "application/vnd.buildkit.cacheconfig.v0",
  bundleConfig: "application/vnd.cnab.config.v1+json",
} as const;

export type ImageFormat = "oci" | "docker";

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/** A config or layer: what a manifest's descriptor says, and the bytes. */
export interface Blob {
  mediaType: string;
  digest: string;
  bytes: Buffer;
  /** Makes the layer a foreign one: clients get it from there, so it is never pushed. */
  urls?: string[];
  annotations?: Record<string, string>;
}

/** An image, an index or an artifact with all that it needs, ready to be pushed: blobs and children before the manifest. */
export interface Image {
  /** The media type to push it as; the bytes of an untyped index do not repeat it. */
  mediaType: string;
  digest: string;
  bytes: Buffer;
  /** What an index says of this image when it is a child. */
  platform?: Platform;
  annotations?: Record<string, string>;
  /** Config first, then layers; foreign layers are in it too. Of an index those that it names among its children. */
  blobs: Blob[];
  children: Image[];
}

export type DigestAlgorithm = "sha256" | "sha512";

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Text of exactly `size` bytes that begins with `name` and goes on with a hash chain of it. */
export function fillerBytes(name: string, size: number): Buffer {
  let text = `${name}\n`;
  for (let block = 0; text.length < size; block += 1) {
    text += `${createHash("sha256").update(`${name} ${block}`).digest("hex")}\n`;
  }
  return Buffer.from(text).subarray(0, size);
}

/** A layer of `size` bytes (at least 1). It is no real archive: no registry looks inside, and no test unpacks it. */
export function makeLayer(seed: string, options: { size?: number; format?: ImageFormat } = {}): Blob {
  const bytes = fillerBytes(`layer ${seed}`, options.size ?? 300);
  const mediaType = options.format === "docker" ? mediaTypes.dockerLayer : mediaTypes.ociLayer;
  return { mediaType, digest: digestOf(bytes), bytes };
}

export function makeForeignLayer(seed: string, urls: string[], format: ImageFormat = "docker"): Blob {
  const mediaType = format === "docker" ? mediaTypes.dockerForeignLayer : mediaTypes.ociForeignLayer;
  return { ...makeLayer(seed), mediaType, urls };
}

/** The same blob named by its sha512 digest, as a client that prefers sha512 pushes and references it. */
export function withSha512(blob: Blob): Blob {
  return { ...blob, digest: digestOf(blob.bytes, "sha512") };
}

/** An image config whose root file system is made of `layers`; `seed` keeps configs of equal layers apart. */
export function makeConfig(seed: string, platform: Platform, layers: Blob[], format: ImageFormat = "oci"): Blob {
  const bytes = jsonBytes({
    architecture: platform.architecture,
    ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    os: platform.os,
    created: "2026-01-01T00:00:00Z",
    config: { Env: ["PATH=/usr/local/bin:/usr/bin:/bin"], Cmd: ["/bin/app"], Labels: { "com.example.seed": seed } },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => digestOf(layer.bytes)) },
    history: layers.map((_, step) => ({ created: "2026-01-01T00:00:00Z", created_by: `step ${step + 1}` })),
  });
  const mediaType = format === "docker" ? mediaTypes.dockerConfig : mediaTypes.ociConfig;
  return { mediaType, digest: digestOf(bytes), bytes };
}

export interface ManifestOptions {
  format?: ImageFormat;
  config: Blob;
  layers: Blob[];
  platform?: Platform;
  /** OCI only: what this artifact refers to (a signature, an SBOM). It is no reference that garbage collection keeps. */
  subject?: Pick<Image, "mediaType" | "digest" | "bytes">;
  artifactType?: string;
  annotations?: Record<string, string>;
}

/** One image manifest of a given config and layers, which may be shared with other images. */
export function makeManifest(options: ManifestOptions): Image {
  const format = options.format ?? "oci";
  const mediaType = format === "docker" ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
  const bytes = jsonBytes({
    schemaVersion: 2,
    mediaType,
    ...(options.artifactType === undefined ? {} : { artifactType: options.artifactType }),
    config: descriptorOf(options.config),
    layers: options.layers.map(descriptorOf),
    ...(options.subject === undefined ? {} : { subject: descriptorOf(options.subject) }),
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
  });
  return {
    mediaType,
    digest: digestOf(bytes),
    bytes,
    ...(options.platform === undefined ? {} : { platform: options.platform }),
    blobs: [options.config, ...options.layers],
    children: [],
  };
}

export interface ImageOptions {
  format?: ImageFormat;
  platform?: Platform;
  /** Sizes in bytes of the layers made for this image. */
  layerSizes?: number[];
  /** Layers that come before those made here: a base image's, a foreign one. */
  baseLayers?: Blob[];
}

/** A single-platform image (default linux/amd64) with its own config and layers. */
export function makeImage(seed: string, options: ImageOptions = {}): Image {
  const format = options.format ?? "oci";
  const platform = options.platform ?? { os: "linux", architecture: "amd64" };
  const sizes = options.layerSizes ?? [300, 200];
  const name = `${seed} ${platform.os}/${platform.architecture}${platform.variant ?? ""}`;
  const own = sizes.map((size, position) => makeLayer(`${name} ${position + 1}`, { size, format }));
  const layers = [...(options.baseLayers ?? []), ...own];
  return makeManifest({ format, platform, layers, config: makeConfig(seed, platform, layers, format) });
}

/** The attestation manifest that BuildKit puts beside `subject` in an index: platform unknown/unknown, in-toto layer. */
export function makeAttestation(seed: string, subject: Image): Image {
  const platform = { os: "unknown", architecture: "unknown" };
  const predicate = "https://slsa.dev/provenance/v0.2";
  const bytes = jsonBytes({
    _type: "https://in-toto.io/Statement/v0.1",
    predicateType: predicate,
    subject: [{ name: `pkg:docker/${seed}`, digest: { sha256: subject.digest.slice("sha256:".length) } }],
    predicate: { buildType: "https://mobyproject.org/buildkit@v1", builder: { id: "" } },
  });
  const statement: Blob = {
    mediaType: mediaTypes.inToto,
    digest: digestOf(bytes),
    bytes,
    annotations: { "in-toto.io/predicate-type": predicate },
  };
  const image = makeManifest({ platform, layers: [statement], config: makeConfig(seed, platform, [statement]) });
  return {
    ...image,
    annotations: {
      "vnd.docker.reference.digest": subject.digest,
      "vnd.docker.reference.type": "attestation-manifest",
    },
  };
}

/** An artifact (a signature, say) that refers to `subject`, with the empty config `{}` that OCI 1.1 asks for. */
export function makeReferrer(
  seed: string,
  subject: Image,
  artifactType = "application/vnd.example.signature.v1+json",
): Image {
  const empty = Buffer.from("{}");
  const config: Blob = { mediaType: mediaTypes.emptyConfig, digest: digestOf(empty), bytes: empty };
  const bytes = fillerBytes(`signature ${seed}`, 120);
  const layer: Blob = { mediaType: artifactType, digest: digestOf(bytes), bytes };
  return makeManifest({ config, layers: [layer], subject, artifactType });
}

/**
 * `untyped`: an OCI index whose bytes carry no mediaType. Children may be indexes themselves, or none at all; `blobs` are
 * named before them, each by its own media type.
 */
export function makeIndex(children: Image[], format: ImageFormat | "untyped" = "oci", blobs: Blob[] = []): Image {
  const mediaType = format === "docker" ? mediaTypes.dockerList : mediaTypes.ociIndex;
  const bytes = jsonBytes({
    schemaVersion: 2,
    ...(format === "untyped" ? {} : { mediaType }),
    manifests: [
      ...blobs.map(descriptorOf),
      ...children.map((child) => ({
        ...descriptorOf(child),
        ...(child.platform === undefined ? {} : { platform: child.platform }),
      })),
    ],
  });
  return { mediaType, digest: digestOf(bytes), bytes, blobs, children };
}

/** What `docker buildx build --cache-to type=registry` pushes by default: an index of layers and a cache config. */
export function makeBuildCache(seed: string, layers: Blob[] = [makeLayer(`${seed} 1`), makeLayer(`${seed} 2`)]): Image {
  const config = jsonBytes({
    layers: layers.map(({ digest }, position) => ({ blob: digest, parent: position - 1 })),
    records: [{ digest: digestOf(Buffer.from(seed)), layers: [{ layer: layers.length - 1 }] }],
  });
  return makeIndex([], "oci", [
    ...layers,
    { mediaType: mediaTypes.cacheConfig, digest: digestOf(config), bytes: config },
  ]);
}

/** A CNAB bundle: an index of its config, a blob, its invocation image, and the image that it installs. */
export function makeBundle(seed: string): Image {
  const config = jsonBytes({ schemaVersion: "v1.0.0", name: seed, version: "1.0.0" });
  const child = (type: string): Image => {
    return { ...makeImage(`${seed} ${type}`), annotations: { "io.cnab.manifest.type": type } };
  };
  const named: Blob = {
    mediaType: mediaTypes.bundleConfig,
    digest: digestOf(config),
    bytes: config,
    annotations: { "io.cnab.manifest.type": "config" },
  };
  return makeIndex([child("invocation"), child("component")], "oci", [named]);
}

/** linux/amd64 and linux/arm64 of one build, each with its attestation, under one index, as `docker buildx` makes it. */
export function makeMultiArch(seed: string, format: ImageFormat | "untyped" = "oci"): Image {
  const imageFormat = format === "docker" ? "docker" : "oci";
  const images = ["amd64", "arm64"].map((architecture) =>
    makeImage(seed, { format: imageFormat, platform: { os: "linux", architecture } }),
  );
  const attestations = images.map((image) => makeAttestation(seed, image));
  return makeIndex([...images, ...attestations], format);
}

function descriptorOf(content: Pick<Blob, "mediaType" | "digest" | "bytes" | "urls" | "annotations">): object {
  return {
    mediaType: content.mediaType,
    digest: content.digest,
    size: content.bytes.length,
    ...(content.urls === undefined ? {} : { urls: content.urls }),
    ...(content.annotations === undefined ? {} : { annotations: content.annotations }),
  };
}

function jsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value, null, 2));
}
