// What the registry serves of each image: every object that a client would fetch for it, as the client would fetch it.
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { RegistryClient, Reply } from "../client/http.ts";
import { type Descriptor, isAskedAsManifest, type References, referencesOf } from "../client/manifest.ts";
import { canAskDigest, canAskTag, repositoriesOnDisk } from "../client/names.ts";
import { unsignedPayload } from "../client/schema1.ts";
import { repositoriesBase } from "../storage.ts";

/**
 * SHA-256 of the content that was served, by what was asked for, by the image that it was asked for: `repository:tag` of
 * those that are listed, and `repository@digest` of each revision.
 */
export type ServedByImage = Map<string, Map<string, string>>;

export async function servedByImage(client: RegistryClient, root: string): Promise<ServedByImage> {
  const served: ServedByImage = new Map();
  const answers = new Map<string, Promise<Reply>>();
  const ask = (path: string): Promise<Reply> => {
    const answer = answers.get(path) ?? client.get(path);
    answers.set(path, answer);
    return answer;
  };
  for (const repository of repositoriesOnDisk(root)) {
    const list = await client.get(`/v2/${repository}/tags/list`);
    const { tags } =
      list.status === 200 ? (JSON.parse(list.bytes.toString()) as { tags: string[] | null }) : { tags: [] };
    for (const tag of (tags ?? []).filter(canAskTag)) {
      served.set(`${repository}:${tag}`, await servedOf(ask, `/v2/${repository}`, tag));
    }
    for (const digest of revisionsOnDisk(root, repository)) {
      served.set(`${repository}@${digest}`, await servedOf(ask, `/v2/${repository}`, digest));
    }
  }
  return served;
}

function revisionsOnDisk(root: string, repository: string): string[] {
  const folder = join(root, repositoriesBase, repository, "_manifests/revisions");
  const found: string[] = [];
  for (const algorithm of ["sha256", "sha512"]) {
    try {
      found.push(...readdirSync(join(folder, algorithm)).map((hex) => `${algorithm}:${hex}`));
    } catch {
      // Most have one algorithm alone, and a damaged one may have none.
    }
  }
  return found.filter(canAskDigest);
}

async function servedOf(ask: (path: string) => Promise<Reply>, repository: string, tag: string) {
  const served = new Map<string, string>();
  const fetch = async (path: string): Promise<References | undefined> => {
    if (served.has(path)) return undefined;
    const { status, bytes, contentType } = await ask(path);
    if (status !== 200) return undefined;
    served.set(path, createHash("sha256").update(storedBytes(contentType, bytes)).digest("hex"));
    if (!path.includes("/manifests/")) return undefined;
    try {
      return referencesOf(contentType, bytes);
    } catch {
      return undefined;
    }
  };
  const open: (References | undefined)[] = [await fetch(`${repository}/manifests/${tag}`)];
  const blobs = async (wanted: readonly Descriptor[]) => {
    for (const { digest } of wanted) if (canAskDigest(digest)) await fetch(`${repository}/blobs/${digest}`);
  };
  while (open.length > 0) {
    const references = open.pop();
    if (references?.kind === "index") {
      await blobs(references.children.filter((child) => !isAskedAsManifest(child)));
      for (const child of references.children.filter(isAskedAsManifest)) {
        if (canAskDigest(child.digest)) open.push(await fetch(`${repository}/manifests/${child.digest}`));
      }
    } else if (references !== undefined) {
      await blobs([...references.layers, ...(references.kind === "image" ? [references.config] : [])]);
    }
  }
  return served;
}

/** Without the signature that the registry makes again, by a key of each start, whenever it serves schema 1. */
function storedBytes(contentType: string, served: Buffer): Buffer {
  return contentType.includes("v1+prettyjws") ? (unsignedPayload(served) ?? served) : served;
}
