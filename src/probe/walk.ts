// One image over HTTP: its manifest and all that it references, at any depth, as a client that wants every platform
// fetches it.
import { parseDigest } from "../layout/digest.ts";
import type { Reference, ReferenceRole } from "../layout/manifest.ts";
import type { Need } from "../registry/serve/child-needs.ts";
import { needOfChild } from "../registry/serve/child-needs.ts";
import { blobPath, manifestPath } from "./address.ts";
import type { Fault, Refused, Repository, ServedBlob, ServedManifest, Unknown } from "./objects.ts";

/** An image that is asked for: by a tag, or by a digest alone. */
export interface ImageTarget {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** What a client that pulls the image runs into. */
export interface Problem {
  readonly role: "manifest" | ReferenceRole;
  /** As its manifest names it; of the image itself undefined where only its tag is known. */
  readonly digest: string | undefined;
  /** The manifest that names it. */
  readonly parent: string | undefined;
  /** The platform of the child that it is, or is a part of. */
  readonly platform: string | undefined;
  readonly need: Need;
  readonly fault: Fault;
  /** Whether the manifest that names it is an index. */
  readonly isOfIndex: boolean;
  /** What was asked for, relative to the registry's address. */
  readonly path: string;
}

export interface ProbedImage {
  readonly target: ImageTarget;
  /** Of its manifest; undefined where that was not served. */
  readonly digest: string | undefined;
  readonly problems: readonly Problem[];
  /** What nothing is known about. */
  readonly unknown: readonly { readonly path: string; readonly error: string }[];
  /** The children of indexes that are served, in no order. */
  readonly servedChildren: readonly string[];
  /** Bytes that its blobs have, each counted once. */
  readonly bytes: number;
  /** Manifests, configs and layers, each counted once. */
  readonly parts: number;
}

/** `wanted`: the platforms that its repository is to have; undefined for all that it names. */
export async function probeImage(
  repository: Repository,
  target: ImageTarget,
  wanted: readonly string[] | undefined,
): Promise<ProbedImage> {
  const walk = new Walk(repository, wanted);
  const reference = target.digest ?? target.tag!;
  const path = manifestPath(repository.name, reference);
  const reply = await repository.manifest(reference);
  const digest = reply.kind === "served" ? reply.digest : target.digest;
  const first = { role: "manifest", digest, parent: undefined, platform: undefined, need: "required" } as const;
  const problems = await walk.take({ ...first, isOfIndex: false, path }, reply);
  return { target, digest, problems, ...walk.result() };
}

type Step = Omit<Problem, "fault">;

class Walk {
  readonly #repository: Repository;
  readonly #wanted: readonly string[] | undefined;
  readonly #unknown: { path: string; error: string }[] = [];
  /** What was met, by the need with which it was. */
  readonly #met = new Map<string, Need>();
  readonly #sizes = new Map<string, number>();
  readonly #children = new Set<string>();

  constructor(repository: Repository, wanted: readonly string[] | undefined) {
    this.#repository = repository;
    this.#wanted = wanted;
  }

  result(): Pick<ProbedImage, "unknown" | "servedChildren" | "bytes" | "parts"> {
    const bytes = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    // They come as answers do; a report must not depend on that.
    const unknown = [...this.#unknown].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { unknown, servedChildren: [...this.#children], bytes, parts: this.#sizes.size };
  }

  /**
   * What is wrong with a manifest that was asked for, and with all below it, in the order in which manifests name it. All
   * references are asked for at once: the client has its limits.
   */
  async take(step: Step, reply: ServedManifest | Refused | Unknown, size = Number.NaN): Promise<Problem[]> {
    // One of schema 1 is signed again for each client, so its size says nothing.
    const isSigned = reply.kind === "served" && reply.content.kind === "schema1";
    const own = this.#problemsOf(step, reply, isSigned ? Number.NaN : size);
    if (reply.kind !== "served" || own.length > 0) return own;
    const { digest, content } = reply;
    this.#sizes.set(digest, reply.size);
    if (step.role === "child") this.#children.add(digest);
    const below = content.references.map((reference) => this.#follow(step, digest, content.kind, reference));
    return (await Promise.all(below)).flat();
  }

  async #follow(above: Step, parent: string, kind: string, reference: Reference): Promise<Problem[]> {
    const { role, digest, size, foreign } = reference;
    if (foreign) return [];
    const isChild = role === "child";
    const own = isChild ? needOfChild(reference.platform, reference.attestation === true, this.#wanted) : "required";
    const need = above.need === "required" ? own : above.need;
    if (!this.#isNew(`${parent} ${role} ${digest} ${size}`, need)) return [];
    const platform = reference.platform ?? above.platform;
    const { name } = this.#repository;
    const path = isChild ? manifestPath(name, digest) : blobPath(name, digest);
    const step: Step = { role, digest, parent, platform, need, isOfIndex: kind === "index", path };
    if (!parseDigest(digest)) return [{ ...step, path: manifestPath(name, parent), fault: NO_DIGEST }];
    if (role === "child") return this.take(step, await this.#repository.manifest(digest), size);
    const reply = await this.#repository.blob(digest, role, size);
    const problems = this.#problemsOf(step, reply, size);
    if (reply.kind === "served" && problems.length === 0) this.#sizes.set(digest, reply.size ?? 0);
    return problems;
  }

  /** That it is not available, or has not the size that its descriptor says; nothing where that is not known. */
  #problemsOf(step: Step, reply: ServedManifest | ServedBlob | Refused | Unknown, size: number): Problem[] {
    if (reply.kind === "unknown") {
      this.#unknown.push({ path: step.path, error: reply.why });
      return [];
    }
    // What was cut short has wrong content for that reason.
    const fault =
      reply.kind === "refused" ? (wrongSize(reply.fault.length, size) ?? reply.fault) : wrongSize(reply.size, size);
    return fault ? [{ ...step, fault }] : [];
  }

  /** Whether it was not met yet, or only where it mattered less. */
  #isNew(key: string, need: Need): boolean {
    const known = this.#met.get(key);
    if (known === "required" || known === need) return false;
    this.#met.set(key, need);
    return true;
  }
}

const NO_DIGEST: Fault = { why: "no-digest", status: null };

/** A descriptor without a size (NaN) has nothing to compare with. */
function wrongSize(actual: number | undefined, expected: number): Fault | undefined {
  if (actual === undefined || Number.isNaN(expected) || actual === expected) return undefined;
  return {
    why: "wrong-size",
    status: 200,
    detail: `expected size ${expected} bytes, actual size ${actual} bytes`,
  };
}
