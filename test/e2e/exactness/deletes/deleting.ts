// Deletes images as clients do: skopeo, or the two requests that scripts make. And what a store holds, counted on the disk.
import { lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { accept, type RegistryClient, type Reply } from "../client/http.ts";
import { runToEnd } from "../judge/report.ts";
import { base, repositoriesBase } from "../storage.ts";

/** What is to be deleted: a tag, or a digest. */
export interface Delete {
  repository: string;
  reference: string;
  /** By the program of that name, which deletes tags only. */
  bySkopeo: boolean;
}

export function nameOf({ repository, reference }: Delete): string {
  return `${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}

export type Deleted = Reply["status"] | "skopeo fails";

/** Deletes, and says how that ended: the status of the request that decides. skopeo tells no status where it fails. */
export async function deleteImage(url: string, client: RegistryClient, asked: Delete): Promise<Deleted> {
  const { repository, reference, bySkopeo } = asked;
  if (bySkopeo) {
    const image = `docker://${url.replace("http://", "")}/${repository}:${reference}`;
    const { exitCode } = await runToEnd("skopeo", ["delete", "--tls-verify=false", image], 30_000);
    return exitCode === 0 ? 202 : "skopeo fails";
  }
  let digest = reference;
  if (!reference.includes(":")) {
    const found = await client.head(`/v2/${repository}/manifests/${reference}`);
    if (found.status !== 200) return found.status;
    digest = found.contentDigest ?? "";
  }
  const answer = await fetch(`${url}/v2/${repository}/manifests/${digest}`, {
    method: "DELETE",
    headers: { Accept: accept },
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status ?? "timeout";
}

/** The digests of a repository's links of one kind, as their folders are called; of folders without a link, none. */
export function linkedDigests(root: string, repository: string, kind: "_layers" | "_manifests/revisions"): string[] {
  const folder = join(root, repositoriesBase, repository, kind, "sha256");
  const names = namesIn(folder).filter((name) => {
    return /^[0-9a-f]{64}$/.test(name) && lookedAt(lstatSync, join(folder, name, "link")) !== undefined;
  });
  return names.sort().map((name) => `sha256:${name}`);
}

/**
 * By digest, the bytes that go with each blob that lies where the registry puts it: of one that a symbolic link leads to,
 * none.
 */
export function storedBlobs(root: string): Map<string, number> {
  const sizes = new Map<string, number>();
  const store = join(root, base, "blobs", "sha256");
  for (const shard of namesIn(store)) {
    for (const hex of namesIn(join(store, shard))) {
      const folder = join(store, shard, hex);
      const data = join(folder, "data");
      const isLinked = lookedAt(lstatSync, folder)?.isSymbolicLink() || lookedAt(lstatSync, data)?.isSymbolicLink();
      const file = lookedAt(statSync, data);
      if (file?.isFile() && hex.startsWith(shard)) sizes.set(`sha256:${hex}`, isLinked ? 0 : file.size);
    }
  }
  return sizes;
}

/** Undefined for what is not there, or cannot be reached. */
function lookedAt(stat: (path: string) => Stats, path: string): Stats | undefined {
  try {
    return stat(path);
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
