// Speaks the registry's HTTP API: pushes blobs and manifests, and leaves uploads unfinished. Every function throws on an
// answer other than the one it wants, with the status and the body.
import { digestOf } from "./content.ts";

/** What one GET answered, whatever its status. */
export interface Answer {
  status: number;
  bytes: Buffer;
  headers: Headers;
}

/** Uploads `bytes` under their sha256 digest, in one PUT; resolves to the digest. */
export async function pushBlob(url: string, repository: string, bytes: Uint8Array): Promise<string> {
  const digest = digestOf(bytes);
  await pushBlobWithDigest(url, repository, bytes, digest);
  return digest;
}

/**
 * Uploads `bytes` under the digest given. The registry stores them under sha256 whatever the algorithm; for a sha512
 * digest it adds a layer link of that name whose content is the sha256 digest.
 */
export async function pushBlobWithDigest(
  url: string,
  repository: string,
  bytes: Uint8Array,
  digest: string,
): Promise<void> {
  const location = await openUpload(url, repository);
  location.searchParams.set("digest", digest);
  await ask(location, 201, {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream" },
    body: Buffer.from(bytes),
  });
}

/** Links a blob of `fromRepository` in `repository`. When it is not there, the registry begins an upload instead: that throws. */
export async function mountBlob(
  url: string,
  repository: string,
  digest: string,
  fromRepository: string,
): Promise<void> {
  const target = new URL(`${url}/v2/${repository}/blobs/uploads/`);
  target.searchParams.set("mount", digest);
  target.searchParams.set("from", fromRepository);
  await ask(target, 201, { method: "POST" });
}

/** Whether `repository` serves the blob: what clients ask before they upload it. */
export async function hasBlob(url: string, repository: string, digest: string): Promise<boolean> {
  const answer = await fetch(`${url}/v2/${repository}/blobs/${digest}`, { method: "HEAD" });
  return answer.status === 200;
}

/** Pushes a manifest; `reference` is a tag or its digest. Resolves to the digest that the registry answered. */
export async function pushManifest(
  url: string,
  repository: string,
  reference: string,
  mediaType: string,
  bytes: Uint8Array,
): Promise<string> {
  const answer = await ask(new URL(`${url}/v2/${repository}/manifests/${reference}`), 201, {
    method: "PUT",
    headers: { "Content-Type": mediaType },
    body: Buffer.from(bytes),
  });
  return answer.headers.get("docker-content-digest") ?? "";
}

/** Begins an upload, sends `bytes` if there are any, and leaves it unfinished; resolves to its uuid. */
export async function startUpload(url: string, repository: string, bytes?: Uint8Array): Promise<string> {
  const location = await openUpload(url, repository);
  if (bytes !== undefined) {
    await ask(location, 202, {
      method: "PATCH",
      headers: { "Content-Type": "application/octet-stream" },
      body: Buffer.from(bytes),
    });
  }
  return location.pathname.split("/").at(-1) ?? "";
}

/** Deletes a manifest by digest: its revision link, and every tag of the repository that names it. */
export async function deleteManifest(url: string, repository: string, digest: string): Promise<void> {
  await ask(new URL(`${url}/v2/${repository}/manifests/${digest}`), 202, { method: "DELETE" });
}

/** Deletes a blob's layer link in `repository`; the blob stays in the store. */
export async function deleteBlob(url: string, repository: string, digest: string): Promise<void> {
  await ask(new URL(`${url}/v2/${repository}/blobs/${digest}`), 202, { method: "DELETE" });
}

/** Asks for a manifest by tag or digest, accepting every type, and gives back whatever status came. */
export async function getManifest(url: string, repository: string, reference: string): Promise<Answer> {
  return answerOf(`${url}/v2/${repository}/manifests/${reference}`, {
    headers: {
      Accept: [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
      ].join(", "),
    },
  });
}

/** Asks for a blob's bytes, and gives back whatever status came. */
export async function getBlob(url: string, repository: string, digest: string): Promise<Answer> {
  return answerOf(`${url}/v2/${repository}/blobs/${digest}`, {});
}

async function answerOf(url: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()), headers: answer.headers };
}

async function openUpload(url: string, repository: string): Promise<URL> {
  const target = new URL(`${url}/v2/${repository}/blobs/uploads/`);
  const answer = await ask(target, 202, { method: "POST" });
  return new URL(answer.headers.get("location") ?? "", target);
}

async function ask(target: URL, expected: number, init: RequestInit): Promise<Response> {
  const answer = await fetch(target, init);
  const body = await answer.text();
  if (answer.status !== expected) {
    throw new Error(`${init.method} ${target.pathname}: expected ${expected}, got ${answer.status}: ${body}`);
  }
  return answer;
}
