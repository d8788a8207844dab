// Asks the registry for the very object that a finding names, and says whether the answer is what the finding claims.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RegistryClient, Reply } from "../client/http.ts";
import { isAskedAsManifest } from "../client/manifest.ts";
import { canAskDigest, canAskRepository, canAskTag, hashesTo } from "../client/names.ts";
import { fetchManifest } from "../client/walk.ts";
import { blobPath } from "../damage/site.ts";
import type { Finding } from "./report.ts";

/** `confirmed`, `not askable` (no request can name the object), or what the registry said to the contrary. */
export type Verdict = "confirmed" | "not askable" | { contradiction: string };

interface Asking {
  client: RegistryClient;
  root: string;
  finding: Finding;
  repository: string;
  digest: string;
}

/** Codes that only the registry's collection can judge, see unexpected.ts, or that it has no opinion on. */
export const judgedByCollection = new Set(["stray-entry", "unseen-repository"]);
export const noQuestion = new Set(["stale-upload", "unreferenced-blob", "cache-state", "expired-blob"]);

const judges: Record<string, (asking: Asking) => Promise<Verdict>> = {
  "missing-child": (asking) => manifestFails(asking, "absent"),
  "unlinked-child": (asking) => manifestFails(asking, "stored"),
  "missing-blob": (asking) => blobFails(asking, "absent"),
  "unlinked-blob": (asking) => blobFails(asking, "stored"),
  "orphan-layer-link": (asking) => blobFails(asking, undefined),
  "missing-manifest": async (asking) => {
    const { reply } = await fetchManifest(asking.client, asking.repository, asking.digest);
    return verdict(reply.status !== 200, "GET manifest answered 200");
  },
  "size-mismatch": sizeDiffers,
  "digest-mismatch": async ({ client, finding, repository, digest }) => {
    if (finding.role === "layer" || finding.role === "config") {
      const { status, bytes } = await client.get(`/v2/${repository}/blobs/${digest}`);
      return verdict(status !== 200 || !hashesTo(bytes, digest), "the blob is served, and hashes to its digest");
    }
    const { reply, content } = await fetchManifest(client, repository, digest);
    const differs = reply.status !== 200 || content === undefined || !hashesTo(content, digest);
    return verdict(differs, "the manifest is served, and hashes to its digest");
  },
  "invalid-manifest": async ({ client, repository, digest }) => {
    const { reply } = await fetchManifest(client, repository, digest);
    return verdict(isServerError(reply.status), `GET manifest answered ${reply.status}`);
  },
  "malformed-link": malformedLink,
  "mismatched-link": mismatchedLink,
};

/** Judges findings of every code but those in `judgedByCollection` and `noQuestion`. */
export async function judgeFinding(client: RegistryClient, root: string, finding: Finding): Promise<Verdict> {
  const repository = finding.repository ?? "";
  if (!canAskRepository(repository)) return "not askable";
  if (finding.code === "dangling-tag") return danglingTag(client, repository, finding.tag ?? "");
  const judge = judges[finding.code];
  if (judge === undefined) return { contradiction: `no judge for ${finding.code}` };
  const digest = finding.digest ?? "";
  const byPlace = finding.code === "malformed-link" || finding.code === "mismatched-link";
  if (!byPlace && !canAskDigest(digest)) return "not askable";
  return judge({ client, root, finding, repository, digest });
}

async function danglingTag(client: RegistryClient, repository: string, tag: string): Promise<Verdict> {
  if (!canAskTag(tag)) return "not askable";
  const { reply } = await fetchManifest(client, repository, tag);
  return verdict(reply.status !== 200, "GET by tag answered 200");
}

async function manifestFails(asking: Asking, blob: "absent" | "stored"): Promise<Verdict> {
  const { reply } = await fetchManifest(asking.client, asking.repository, asking.digest);
  if (reply.status === 200) return { contradiction: "GET manifest answered 200" };
  return storeAgrees(asking, blob);
}

async function blobFails(asking: Asking, blob: "absent" | "stored" | undefined): Promise<Verdict> {
  const reply = await asking.client.head(`/v2/${asking.repository}/blobs/${asking.digest}`);
  if (reply.status === 200) return { contradiction: "HEAD blob answered 200" };
  return blob === undefined ? "confirmed" : storeAgrees(asking, blob);
}

/** Both codes answer 404, so which of them is right is seen on disk. A folder called `data` is no blob. */
function storeAgrees({ root, digest, finding }: Asking, blob: "absent" | "stored"): Verdict {
  // A link may name another digest than the one asked for; then it is that one's blob that is not there.
  const named = /\/blobs\/[^/]+\/[^/]+\/[^/]+\/data$/.test(finding.path) ? finding.path : undefined;
  // A sha512 name is an alias of a blob that is stored under another digest: its own place says nothing.
  if (named === undefined && !digest.startsWith("sha256:")) return "confirmed";
  let stored = false;
  try {
    stored = !statSync(join(root, named ?? blobPath(digest))).isDirectory();
  } catch {
    // Not there, or not to be reached: no blob either way.
  }
  return verdict(stored === (blob === "stored"), `the blob is ${stored ? "" : "not "}in the store`);
}

async function sizeDiffers({ client, finding, repository, digest }: Asking): Promise<Verdict> {
  const parent = finding.parent ?? "";
  if (!canAskDigest(parent)) return "not askable";
  const { references } = await fetchManifest(client, repository, parent);
  if (references === undefined) return { contradiction: `its parent ${parent} is not served` };
  const isManifest = finding.role === "child";
  const wanted =
    references.kind === "index"
      ? references.children.filter((child) => isAskedAsManifest(child) === isManifest)
      : references.kind === "image"
        ? [references.config, ...references.layers]
        : [];
  const sizes = wanted.filter((blob) => blob.digest === digest).flatMap((blob) => blob.size ?? []);
  const length = isManifest
    ? (await fetchManifest(client, repository, digest)).content?.length
    : Number((await client.head(`/v2/${repository}/blobs/${digest}`)).contentLength);
  const differs = length !== undefined && sizes.some((size) => size !== BigInt(length));
  return verdict(differs, `served with ${length} bytes, described with ${sizes.join(", ")}`);
}

async function malformedLink(asking: Asking): Promise<Verdict> {
  const { client, repository, finding } = asking;
  const place = placeOf(finding.path);
  if (place.kind === "other" || (place.kind !== "tag" && !canAskDigest(place.digest))) return "not askable";
  if (place.kind === "tag") {
    if (place.tag === "") {
      const { status } = await client.get(`/v2/${repository}/tags/list`);
      return verdict(isServerError(status), `GET tags/list answered ${status}`);
    }
    if (!canAskTag(place.tag)) return "not askable";
    const { reply } = await fetchManifest(client, repository, place.tag);
    return verdict(isServerError(reply.status), `GET by tag answered ${reply.status}`);
  }
  const { status } =
    place.kind === "layer"
      ? await client.head(`/v2/${repository}/blobs/${place.digest}`)
      : (await fetchManifest(client, repository, place.digest)).reply;
  return verdict(isServerError(status), `asking for ${place.kind} ${place.digest} answered ${status}`);
}

async function mismatchedLink({ client, root, repository, finding }: Asking): Promise<Verdict> {
  const place = placeOf(finding.path);
  if ((place.kind !== "layer" && place.kind !== "revision") || !canAskDigest(place.digest)) return "not askable";
  if (place.kind === "layer") {
    const reply = await client.head(`/v2/${repository}/blobs/${place.digest}`);
    const right = reply.status === 200 && reply.contentDigest === place.digest;
    return verdict(!right || ledBack(root, finding.path, place.digest), "HEAD blob answered with the digest asked for");
  }
  const { reply, content } = await fetchManifest(client, repository, place.digest);
  const right = reply.status === 200 && content !== undefined && hashesTo(content, place.digest);
  return verdict(!right, "GET manifest answered with content of the digest asked for");
}

/**
 * The registry resolves the digest of a blob twice, through the link and through the link of what that names. Of two links
 * that name each other's blob each leads back to its own, and the answer does not show that they are swapped.
 */
function ledBack(root: string, path: string, digest: string): boolean {
  const named = readFileSync(join(root, path), "latin1");
  const second = path.replace(/[^/]+\/[^/]+\/link$/, `${named.replace(":", "/")}/link`);
  return named !== digest && canAskDigest(named) && readFileSync(join(root, second), "latin1") === digest;
}

type Place = { kind: "layer" | "revision"; digest: string } | { kind: "tag"; tag: string } | { kind: "other" };

/** What a link's path is the link of. Paths that end above a digest stand for any digest there. */
function placeOf(path: string): Place {
  const any = (hex: string | undefined) => hex ?? "0".repeat(64);
  const layer = /\/_layers(?:\/([^/]+))?(?:\/([^/]+))?(?:\/link)?$/.exec(path);
  if (layer !== null) return { kind: "layer", digest: `${layer[1] ?? "sha256"}:${any(layer[2])}` };
  const revision = /\/_manifests\/revisions(?:\/([^/]+))?(?:\/([^/]+))?(?:\/link)?$/.exec(path);
  if (revision !== null) return { kind: "revision", digest: `${revision[1] ?? "sha256"}:${any(revision[2])}` };
  const tag = /\/_manifests(?:\/tags)?(?:\/([^/]+))?(?:\/current)?(?:\/link)?$/.exec(path);
  return tag === null ? { kind: "other" } : { kind: "tag", tag: tag[1] ?? "" };
}

function isServerError(status: Reply["status"]): boolean {
  return typeof status === "string" || status >= 500;
}

function verdict(agrees: boolean, otherwise: string): Verdict {
  return agrees ? "confirmed" : { contradiction: otherwise };
}
