// Pulls every tag as a client would, manifest, children, config and layers, and records each step that fails.
import type { RegistryClient, Reply } from "./http.ts";
import { type Descriptor, isAskedAsManifest, isAttestation, type References, referencesOf } from "./manifest.ts";
import { canAskDigest, canAskTag, hashesTo, repositoriesOnDisk } from "./names.ts";
import { unsignedPayload } from "./schema1.ts";

export type Role = "tag" | "child" | "config" | "layer";

export interface Failure {
  role: Role;
  /** As the manifest writes it; for the tag itself what the registry said that it is, if it said so. */
  digest: string;
  /** The manifest that asks for this object; undefined for the tag itself. */
  parent: string | undefined;
  reason: string;
}

export interface TagWalk {
  repository: string;
  tag: string;
  digest: string | undefined;
  failures: Failure[];
}

export interface Walk {
  repositories: { name: string; listStatus: Reply["status"] }[];
  tags: TagWalk[];
}

/** What one manifest turned out to be, fetched once a repository however many tags reach it. */
interface Fetched {
  reply: Reply;
  /** Bytes that the digest is made of; for schema 1 without the registry's signature. */
  content: Buffer | undefined;
  references: References | undefined;
}

/** Walks all tags of all repositories under `root` that a client can name, through the registry that serves `root`. */
export async function walkRegistry(client: RegistryClient, root: string): Promise<Walk> {
  const walk: Walk = { repositories: [], tags: [] };
  await Promise.all(
    repositoriesOnDisk(root).map(async (name) => {
      const reply = await client.get(`/v2/${name}/tags/list`);
      walk.repositories.push({ name, listStatus: reply.status });
      const visit = tagVisitor(client, name);
      walk.tags.push(...(await Promise.all(tagsIn(reply).map(visit))));
    }),
  );
  walk.repositories.sort((a, b) => (a.name < b.name ? -1 : 1));
  walk.tags.sort((a, b) => (`${a.repository}:${a.tag}` < `${b.repository}:${b.tag}` ? -1 : 1));
  return walk;
}

/** "repo:tag" of each tag that a client cannot pull whole. */
export function brokenTagsOf(walk: Walk): string[] {
  return walk.tags.filter((tag) => tag.failures.length > 0).map((tag) => `${tag.repository}:${tag.tag}`);
}

export async function fetchManifest(client: RegistryClient, repository: string, reference: string): Promise<Fetched> {
  const reply = await client.get(`/v2/${repository}/manifests/${reference}`);
  if (reply.status !== 200) return { reply, content: undefined, references: undefined };
  const signed = reply.contentType.includes("v1+prettyjws");
  const content = signed ? unsignedPayload(reply.bytes) : reply.bytes;
  try {
    return { reply, content, references: referencesOf(reply.contentType, content ?? reply.bytes) };
  } catch {
    return { reply, content, references: undefined };
  }
}

function tagsIn(list: Reply): string[] {
  if (list.status !== 200) return [];
  const { tags } = JSON.parse(list.bytes.toString()) as { tags: string[] | null };
  return (tags ?? []).filter(canAskTag);
}

function tagVisitor(client: RegistryClient, repository: string): (tag: string) => Promise<TagWalk> {
  const manifest = remembered((reference) => fetchManifest(client, repository, reference));
  const blob = remembered((digest) => client.head(`/v2/${repository}/blobs/${digest}`));

  const content = remembered((digest) => client.get(`/v2/${repository}/blobs/${digest}`));

  return async (tag) => {
    const failures: Failure[] = [];
    const visited = new Set<string>();

    const visitReferences = async (fetched: Fetched, parent: string): Promise<void> => {
      const { references } = fetched;
      if (references?.kind === "index") {
        for (const child of references.children) {
          // A pull picks by platform, and an attestation is of none.
          if (isAttestation(child) && isAskedAsManifest(child)) continue;
          if (isAskedAsManifest(child)) await visitChild(child, parent);
          // As with a layer of an image: what has addresses of its own is not asked for here.
          else if (child.urls === 0) await visitBlob("layer", child, parent);
        }
        return;
      }
      if (references?.kind === "image") await visitBlob("config", references.config, parent);
      for (const layer of references?.layers ?? []) if (layer.urls === 0) await visitBlob("layer", layer, parent);
    };

    const visitChild = async (child: Descriptor, parent: string): Promise<void> => {
      const fail = (reason: string) => failures.push({ role: "child", digest: child.digest, parent, reason });
      if (!canAskDigest(child.digest)) return void fail("no digest");
      const fetched = await manifest(child.digest);
      for (const reason of faultsOf(fetched, child.digest)) fail(reason);
      if (fetched.content !== undefined && differsInSize(child, fetched.content.length)) {
        fail(`length ${fetched.content.length}, not ${child.size}`);
      }
      if (visited.has(child.digest)) return;
      visited.add(child.digest);
      await visitReferences(fetched, child.digest);
    };

    const visitBlob = async (role: "config" | "layer", wanted: Descriptor, parent: string): Promise<void> => {
      const fail = (reason: string) => failures.push({ role, digest: wanted.digest, parent, reason });
      if (!canAskDigest(wanted.digest)) return void fail("no digest");
      const reply = await (role === "config" ? content : blob)(wanted.digest);
      if (reply.status !== 200) return void fail(String(reply.status));
      if (differsInSize(wanted, Number(reply.contentLength))) fail(`length ${reply.contentLength}, not ${wanted.size}`);
      if (wanted.digest.startsWith("sha256:") && reply.contentDigest !== wanted.digest) {
        fail(`served as ${reply.contentDigest}`);
      }
      // A layer is left to --verify-content, as it may be large.
      if (role === "config" && !hashesTo(reply.bytes, reply.contentDigest ?? "")) fail("content of another digest");
    };

    const fetched = await manifest(tag);
    const digest = fetched.reply.contentDigest;
    for (const reason of faultsOf(fetched, digest ?? "")) {
      failures.push({ role: "tag", digest: digest ?? "", parent: undefined, reason });
    }
    if (digest !== undefined) visited.add(digest);
    await visitReferences(fetched, digest ?? tag);
    return { repository, tag, digest, failures };
  };
}

function faultsOf(fetched: Fetched, digest: string): string[] {
  if (fetched.reply.status !== 200) return [String(fetched.reply.status)];
  const faults: string[] = [];
  if (fetched.content === undefined || !hashesTo(fetched.content, digest)) faults.push("content of another digest");
  if (fetched.references === undefined) faults.push("unreadable manifest");
  return faults;
}

function differsInSize(wanted: Descriptor, length: number): boolean {
  return wanted.size !== undefined && wanted.size !== BigInt(length);
}

function remembered<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(key);
    answers.set(key, answer);
    return answer;
  };
}
