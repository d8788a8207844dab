// What the registry serves of each image: every object that a client would fetch for it, as the client would fetch it.
import { createHash } from "node:crypto";
import type { RegistryClient, Reply } from "../client/http.ts";
import { type Descriptor, isAskedAsManifest, type References, referencesOf } from "../client/manifest.ts";
import { canAskDigest, canAskTag, repositoriesOnDisk } from "../client/names.ts";

/** Hashes of the content that was served, by what was asked for, by the `repository:tag` that it was asked for. */
export type ServedByTag = Map<string, Map<string, string>>;

export async function servedByTag(client: RegistryClient, root: string): Promise<ServedByTag> {
  const served: ServedByTag = new Map();
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
  }
  return served;
}

async function servedOf(ask: (path: string) => Promise<Reply>, repository: string, tag: string) {
  const served = new Map<string, string>();
  const fetch = async (path: string): Promise<References | undefined> => {
    if (served.has(path)) return undefined;
    const { status, bytes, contentType } = await ask(path);
    if (status !== 200) return undefined;
    served.set(path, createHash("sha256").update(bytes).digest("hex"));
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
