// What a made-up manifest can refer to: the blobs and manifests that a repository has, as descriptors.
import { createHash } from "node:crypto";
import { repositoriesBase } from "../storage.ts";
import { blobPath, linkPath, pathsLike, type Site } from "./site.ts";

export interface Described {
  mediaType: string;
  digest: string;
  size: number;
  [more: string]: unknown;
}

export interface Material {
  repository: string;
  config: Described;
  /** At least two, the second perhaps the same as the first. */
  layers: [Described, Described];
  children: [Described, Described];
  /** A blob of the store that this repository has no link to. */
  foreign: Described;
  /** A digest that is nowhere. */
  absent: Described;
  /** Gives the first layer a sha512 name in this repository, as a push by sha512 does, and describes it so. */
  linkBySha512(): Described;
}

/** undefined where the repository has nothing left to refer to. `turn` varies which of its blobs are taken. */
export function materialOf(site: Site, repository: string, turn: number): Material | undefined {
  const linked = (kind: "_layers" | "_manifests/revisions", mediaType: string) =>
    pathsLike(site, new RegExp(`^${repositoriesBase}/${escaped(repository)}/${kind}/sha256/[0-9a-f]{64}/link$`))
      .map((path) => described(site, `sha256:${path.split("/").at(-2)}`, mediaType))
      .filter((blob) => blob !== undefined);
  const blobs = linked("_layers", "application/vnd.oci.image.layer.v1.tar+gzip");
  const manifests = linked("_manifests/revisions", "application/vnd.oci.image.manifest.v1+json");
  const turned = <T>(items: T[], by: number): T | undefined => items[(turn + by) % items.length];
  const [config, first, second] = [turned(blobs, 0), turned(blobs, 1), turned(blobs, 2)];
  const [oneChild, otherChild] = [turned(manifests, 0), turned(manifests, 1)];
  if (config === undefined || first === undefined || second === undefined) return undefined;
  if (oneChild === undefined || otherChild === undefined) return undefined;
  const absent = { mediaType: first.mediaType, digest: `sha256:${"ab".repeat(32)}`, size: 300 };
  const foreign = pathsLike(site, /\/blobs\/sha256\/[^/]+\/[0-9a-f]{64}\/data$/)
    .map((path) => described(site, `sha256:${path.split("/").at(-2)}`, first.mediaType))
    .find((blob) => blob !== undefined && ![...blobs, ...manifests].some((own) => own.digest === blob.digest));
  return {
    repository,
    config: { ...config, mediaType: "application/vnd.oci.image.config.v1+json" },
    layers: [first, second],
    children: [oneChild, otherChild],
    foreign: foreign ?? absent,
    absent,
    linkBySha512: () => {
      const bytes = site.storage.read(blobPath(first.digest)) ?? Buffer.alloc(0);
      const digest = `sha512:${createHash("sha512").update(bytes).digest("hex")}`;
      site.storage.write(linkPath(repository, "_layers", digest), first.digest);
      return { ...first, digest };
    },
  };
}

function described(site: Site, digest: string, mediaType: string): Described | undefined {
  const size = site.storage.read(blobPath(digest))?.length;
  return size === undefined ? undefined : { mediaType, digest, size };
}

function escaped(text: string): string {
  return text.replace(/[.]/g, "\\.");
}
