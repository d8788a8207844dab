// Writes a storage root for measurements of content: layers of given sizes, in images that a registry serves.
import { createHash, randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobPath, layerLinkPath, revisionLinkPath, tagHistoryLinkPath, tagLinkPath } from "../fixtures/storage.ts";

const PIECE = 1 << 20;
const LAYERS_AN_IMAGE = 50;
const IMAGE = "application/vnd.oci.image.manifest.v1+json";

/** The digests of the layers, in the order of `sizes` (bytes). No two are alike. */
export function writeContentRoot(root: string, sizes: readonly number[]): string[] {
  const noise = randomBytes(PIECE);
  const digests = sizes.map((size, index) => writeLayer(root, size, index, noise));
  for (let first = 0; first < digests.length; first += LAYERS_AN_IMAGE) {
    const layers = digests.slice(first, first + LAYERS_AN_IMAGE).map((digest, index) => {
      return { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size: sizes[first + index]! };
    });
    writeImage(root, `team/app-${first / LAYERS_AN_IMAGE}`, layers);
  }
  return digests;
}

function writeLayer(root: string, size: number, index: number, noise: Buffer): string {
  const temporary = join(root, "layer.tmp");
  mkdirSync(root, { recursive: true });
  const file = openSync(temporary, "w");
  const hash = createHash("sha256");
  for (let at = 0; at < size; at += PIECE) {
    noise.writeUInt32LE(index, 0);
    noise.writeDoubleLE(at, 8);
    const piece = noise.subarray(0, Math.min(PIECE, size - at));
    hash.update(piece);
    writeSync(file, piece);
  }
  closeSync(file);
  const digest = `sha256:${hash.digest("hex")}`;
  mkdirSync(dirname(join(root, blobPath(digest))), { recursive: true });
  renameSync(temporary, join(root, blobPath(digest)));
  return digest;
}

function writeImage(root: string, repository: string, layers: readonly { readonly digest: string }[]): void {
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const blob = (mediaType: string, content: string) => {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    write(blobPath(digest), content);
    return { mediaType, digest, size: Buffer.byteLength(content) };
  };
  const config = blob("application/vnd.oci.image.config.v1+json", JSON.stringify({ os: "linux", of: repository }));
  const { digest } = blob(IMAGE, JSON.stringify({ schemaVersion: 2, mediaType: IMAGE, config, layers }));
  for (const part of [config, ...layers]) write(layerLinkPath(repository, part.digest), part.digest);
  write(revisionLinkPath(repository, digest), digest);
  write(tagHistoryLinkPath(repository, "1.0", digest), digest);
  write(tagLinkPath(repository, "1.0"), digest);
}
