// The manifests and blobs of one repository, each asked for once: what comes, and what is wrong with it.
import { createHash } from "node:crypto";
import { ALGORITHMS, parseDigest } from "../layout/digest.ts";
import { MAX_MANIFEST_BYTES, type ManifestContent, type ManifestReading, parseManifest } from "../layout/manifest.ts";
import { blobPath, manifestPath, pullScope } from "./address.ts";
import type { Answer, Asked } from "./client.ts";
import { withoutSignature } from "./schema1.ts";

/** Why a client that gets here fails. `status` is that of HTTP; null where the connection was cut off. */
export interface Fault {
  readonly why: "not-found" | "server-error" | "cut-off" | "wrong-content" | "wrong-size" | "invalid" | "no-digest";
  readonly status: number | null;
  /** Of wrong content or size, both sides; of what is invalid, the reason. */
  readonly detail?: string;
  /** Of a blob with wrong content: how many bytes came. */
  readonly length?: number;
}

export type Unknown = { readonly kind: "unknown"; readonly why: string };
export type Refused = { readonly kind: "refused"; readonly fault: Fault };

export interface ServedManifest {
  readonly kind: "served";
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly content: ManifestContent & { readonly ok: true };
}

/** `size` is undefined where the answer does not give it. */
export interface ServedBlob {
  readonly kind: "served";
  readonly size: number | undefined;
}

export interface ObjectOptions {
  /** Whether every blob is read to its end and hashed, not configs alone. */
  readonly verifyContent: boolean;
  readonly reading: ManifestReading;
}

export interface Asking {
  get(asked: Asked): Promise<Answer>;
}

/** What clients of today take for a manifest. */
const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
  "application/vnd.docker.distribution.manifest.v1+json",
].join(", ");

/** Larger configs are looked at as layers are: no client's config is. */
const MOST_CONFIG = 1 << 20;

export class Repository {
  readonly name: string;
  readonly #client: Asking;
  readonly #options: ObjectOptions;
  readonly #manifests = new Map<string, Promise<ServedManifest | Refused | Unknown>>();
  #manifestsAsked = 0;
  readonly #blobs = new Map<string, Promise<ServedBlob | Refused | Unknown>>();

  constructor(name: string, client: Asking, options: ObjectOptions) {
    this.name = name;
    this.#client = client;
    this.#options = options;
  }

  /** How many manifests, by tag or digest, and blobs were asked for. */
  get counts(): { readonly manifests: number; readonly blobs: number } {
    return { manifests: this.#manifestsAsked, blobs: this.#blobs.size };
  }

  /** By tag or digest; what came by a tag is known by its digest afterwards. */
  manifest(reference: string): Promise<ServedManifest | Refused | Unknown> {
    const known = this.#manifests.get(reference);
    if (known) return known;
    const asked = this.#askManifest(reference);
    this.#manifests.set(reference, asked);
    return asked;
  }

  async #askManifest(reference: string): Promise<ServedManifest | Refused | Unknown> {
    this.#manifestsAsked++;
    const answer = await this.#client.get({
      path: manifestPath(this.name, reference),
      scope: pullScope(this.name),
      headers: { accept: ACCEPT },
      // A signed one is longer than what is stored.
      take: { kind: "all", most: 2 * MAX_MANIFEST_BYTES },
    });
    if (answer.kind === "unanswered") return { kind: "unknown", why: answer.why };
    if (answer.kind === "dropped") return refused("cut-off", null);
    const { status, headers, body, cut } = answer;
    if (status !== 200) return failing(status);
    if (cut) return refused("invalid", 200, "larger than 4 MiB");
    const bytes = isSigned(headers.get("content-type")) ? withoutSignature(body) : body;
    const named = parseDigest(reference) ? reference : headers.get("docker-content-digest");
    const algorithm = (named === undefined ? undefined : parseDigest(named)?.algorithm) ?? ALGORITHMS[0];
    const actual = `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
    if (named !== undefined && actual !== named)
      return refused("wrong-content", 200, `expected digest ${named}, actual digest ${actual}`);
    const content = parseManifest(bytes, this.#options.reading);
    if (!content.ok) return refused("invalid", 200, content.reason);
    const served: ServedManifest = { kind: "served", digest: actual, size: bytes.length, content };
    if (!this.#manifests.has(actual)) this.#manifests.set(actual, Promise.resolve(served));
    return served;
  }

  /** `size` is what its descriptor says, in bytes; configs are read and hashed, of layers one byte is enough. */
  blob(digest: string, role: "config" | "layer", size: number): Promise<ServedBlob | Refused | Unknown> {
    const isRead = this.#options.verifyContent || (role === "config" && size >= 0 && size <= MOST_CONFIG);
    // Where it was asked for as a layer before, and is a config now, it is asked for once more.
    const key = `${digest} ${isRead}`;
    const known = this.#blobs.get(key);
    if (known) return known;
    const asked = isRead ? this.#readBlob(digest) : this.#lookAtBlob(digest, size);
    this.#blobs.set(key, asked);
    return asked;
  }

  async #readBlob(digest: string): Promise<ServedBlob | Refused | Unknown> {
    const { algorithm } = parseDigest(digest)!;
    const answer = await this.#askBlob(digest, {}, { kind: "hash", algorithm });
    if (answer.kind !== "answered") return answer;
    if (answer.status !== 200) return failing(answer.status);
    if (answer.digest === digest) return { kind: "served", size: answer.length };
    const wrong = refused("wrong-content", 200, `expected digest ${digest}, actual digest ${answer.digest}`);
    return { ...wrong, fault: { ...wrong.fault, length: answer.length } };
  }

  /**
   * The last byte, by its place: a HEAD is answered by a descriptor cache, which knows nothing of the disk, and so is a
   * request for the first byte of a file that was cut short (docs/internals/registry-2.8.3.md section 10).
   */
  async #lookAtBlob(digest: string, size: number): Promise<ServedBlob | Refused | Unknown> {
    const last = size > 0 ? size - 1 : 0;
    const answer = await this.#askBlob(digest, { range: `bytes=${last}-${last}` }, { kind: "first" });
    if (answer.kind !== "answered") return answer;
    const { status, headers, length } = answer;
    const named = headers.get("docker-content-digest");
    if ((status === 200 || status === 206 || status === 416) && isAnother(named, digest))
      return refused(
        "wrong-content",
        status,
        `expected digest ${digest}, and the registry says that it serves ${named}`,
      );
    const [, total] = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
    // It is there, and shorter than so.
    if (status === 416 && total !== undefined) return { kind: "served", size: Number(total) };
    // A part that was announced, and of which nothing came.
    if (status === 206 && length === 0) return refused("cut-off", 206);
    if (status === 206) return { kind: "served", size: total === undefined ? undefined : Number(total) };
    if (status !== 200) return failing(status);
    // Ranges are not for everybody. Where no length is given either, a byte of a login page would do.
    const whole = headers.get("content-length");
    if (whole === undefined) return this.#readBlob(digest);
    return length === 0 && Number(whole) > 0 ? refused("cut-off", 200) : { kind: "served", size: Number(whole) };
  }

  async #askBlob(digest: string, headers: Readonly<Record<string, string>>, take: Asked["take"]) {
    const answer = await this.#client.get({
      path: blobPath(this.name, digest),
      scope: pullScope(this.name),
      headers,
      take,
    });
    if (answer.kind === "unanswered") return { kind: "unknown", why: answer.why } as const;
    return answer.kind === "dropped" ? refused("cut-off", null) : answer;
  }
}

function refused(why: Fault["why"], status: number | null, detail?: string): Refused {
  return { kind: "refused", fault: { why, status, ...(detail !== undefined && { detail }) } };
}

/** What is no success and is an answer about the thing itself. */
function failing(status: number): Refused | Unknown {
  if (status === 404) return refused("not-found", 404);
  if (status === 500) return refused("server-error", 500);
  return { kind: "unknown", why: `the answer ${status}, which no registry gives` };
}

function isSigned(contentType = ""): boolean {
  return contentType.includes("prettyjws");
}

/** Whether the registry names another digest of the same kind: an alias by another algorithm is no other blob. */
function isAnother(named: string | undefined, digest: string): boolean {
  const other = named === undefined ? undefined : parseDigest(named);
  return other !== undefined && other.algorithm === parseDigest(digest)?.algorithm && named !== digest;
}
