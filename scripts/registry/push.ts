// Pushes a whole image tree in the order in which clients do: blobs, then children, then the manifest.
import { hasBlob, pushBlobWithDigest, pushManifest } from "./client.ts";
import type { Image } from "./content.ts";

/**
 * Pushes `image` with its blobs and children; children go by digest, the image by `tag`, or by digest when there is
 * none (that leaves an untagged revision). Foreign layers are not pushed, nor what `repository` has already. Resolves to the image's digest.
 * @throws as client.ts does, also when the registry answers another digest than the content has.
 */
export async function pushImage(url: string, repository: string, image: Image, tag?: string): Promise<string> {
  for (const blob of image.blobs) {
    if (blob.urls !== undefined || (await hasBlob(url, repository, blob.digest))) continue;
    await pushBlobWithDigest(url, repository, blob.bytes, blob.digest);
  }
  for (const child of image.children) await pushImage(url, repository, child);
  return pushOnlyManifest(url, repository, image, tag);
}

/** Pushes the manifest alone; the registry refuses it when a blob or child is not in `repository` yet. */
export async function pushOnlyManifest(url: string, repository: string, image: Image, tag?: string): Promise<string> {
  const digest = await pushManifest(url, repository, tag ?? image.digest, image.mediaType, image.bytes);
  if (digest !== image.digest) throw new Error(`${repository}: pushed ${image.digest}, the registry says ${digest}`);
  return digest;
}
