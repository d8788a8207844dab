// From what clients run into to findings, by the codes of a scan. Over HTTP nobody sees why a thing is not served: what a
// scan tells apart by the disk has one code here (docs/probe.md).
import { createHash } from "node:crypto";
import type { FindingCode, Severity } from "../contract/finding.ts";
import type { ProbeFinding } from "../contract/probe.ts";
import type { ImageTarget, ProbedImage, Problem } from "./walk.ts";

/** `repository:tag`, or `repository@digest` for an image that was asked for so. */
export function imageText({ repository, tag, digest }: ImageTarget): string {
  return tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`;
}

/** Whether clients that pull all of the image fail. */
export function isBroken({ problems }: ProbedImage): boolean {
  return problems.some(({ need }) => need === "required");
}

/** The platforms that cannot be pulled, sorted; empty for an image of one platform. */
export function brokenPlatforms({ problems }: ProbedImage): string[] {
  const broken = problems.filter(({ need, platform }) => need === "required" && platform !== undefined);
  return [...new Set(broken.map(({ platform }) => platform!))].sort();
}

/** Each damage once, with all images that it breaks; in the order of the codes is for the report to put them. */
export class FindingList {
  readonly #registry: string;
  readonly #byId = new Map<string, Draft>();

  /** `registry`: its name in the report. */
  constructor(registry: string) {
    this.#registry = registry;
  }

  /** Adds what is wrong with an image; gives the ids of all of it, and of what breaks the image. */
  add({ target, problems }: ProbedImage): { readonly all: string[]; readonly breaking: string[] } {
    const { repository, tag } = target;
    const ids = problems.map((problem) => {
      const { digest, parent, path, need } = problem;
      const code = codeOf(problem);
      const id = findingId([code, this.#registry, repository, digest, parent, path]);
      const known = this.#byId.get(id);
      const draft = known ?? { code, problem, repository, tag, affects: [] };
      if (!known) this.#byId.set(id, draft);
      const image = imageText(target);
      if (need === "required" && !draft.affects.includes(image)) draft.affects.push(image);
      return [id, need === "required"] as const;
    });
    return { all: ids.map(([id]) => id), breaking: ids.flatMap(([id, isBreaking]) => (isBreaking ? [id] : [])) };
  }

  all(): ProbeFinding[] {
    return [...this.#byId].map(([id, draft]) => toFinding(id, this.#registry, draft));
  }
}

interface Draft {
  readonly code: FindingCode;
  readonly problem: Problem;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly affects: string[];
}

function toFinding(id: string, root: string, { code, problem, repository, tag, affects }: Draft): ProbeFinding {
  const { role, digest, parent, platform, path, fault } = problem;
  const own = parent === undefined && tag !== undefined;
  return {
    id,
    code,
    severity: severityOf(problem, affects),
    root,
    repository,
    ...(own && { tag }),
    ...(digest !== undefined && { digest }),
    ...(parent !== undefined && { parent }),
    ...(role !== "manifest" && { role }),
    ...(platform !== undefined && { platform }),
    path,
    answer: fault.why,
    status: fault.status,
    message: messageOf(problem),
    affects,
    remedy: remedyOf(problem),
    docsUrl: `docs/findings.md#${code}`,
  };
}

function severityOf({ need }: Problem, affects: readonly string[]): Severity {
  if (affects.length > 0) return "error";
  return need === "unwanted" ? "info" : "warning";
}

function codeOf({ role, fault }: Problem): FindingCode {
  const isManifest = role === "manifest" || role === "child";
  switch (fault.why) {
    case "wrong-content":
      return "digest-mismatch";
    case "wrong-size":
      return "size-mismatch";
    case "invalid":
      return "invalid-manifest";
    case "server-error":
      return isManifest ? "invalid-manifest" : "malformed-link";
    case "cut-off":
      return isManifest ? "invalid-manifest" : "missing-blob";
    case "not-found":
    case "no-digest":
      return role === "manifest" ? "dangling-tag" : role === "child" ? "missing-child" : "missing-blob";
  }
}

function messageOf(problem: Problem): string {
  const { role, need, fault } = problem;
  const what = { manifest: "the manifest", child: "the child manifest", config: "the config", layer: "the layer" }[
    role
  ];
  const text = (() => {
    switch (fault.why) {
      case "wrong-content":
      case "wrong-size":
        return `${fault.detail}: it is served with ${fault.status}, and clients reject it`;
      case "invalid":
        return `${what} is served, and clients cannot read it: ${fault.detail}`;
      case "server-error":
        return `the registry answers 500: ${what}'s link or file is damaged, or it may not read them`;
      case "cut-off":
        return role === "config" || role === "layer"
          ? `the registry announces ${what} and cuts the connection off: its bytes are gone, and a descriptor cache remembers them`
          : `the registry cuts the connection off when it is asked for ${what}`;
      case "no-digest":
        return `the manifest names ${what} by an invalid digest, which no client can ask for`;
      case "not-found":
        if (role === "manifest") return "the tag is listed, and its manifest is not served: 404";
        return `${what} is not served: 404${role === "child" ? "; the index itself still answers 200" : ""}`;
    }
  })();
  return `${LENIENCE[need]}${text}`;
}

const LENIENCE = {
  required: "",
  attestation: "an attestation, which no pull of a platform needs: ",
  unwanted: "of a platform that is not wanted here (platforms in the configuration): ",
} as const;

function remedyOf({ role, need, fault, isOfIndex }: Problem): string {
  if (need === "unwanted") {
    return "none needed; remove the entry of platforms in the configuration if the platform is wanted after all";
  }
  if (fault.why === "no-digest") return "rebuild the image and push it";
  const isBlob = role === "config" || role === "layer";
  if (fault.why === "wrong-content" || fault.why === "wrong-size" || fault.why === "server-error") {
    return "on the registry's machine run regfsck scan: it says which file to move away before the image is pushed again";
  }
  const push =
    isBlob && isOfIndex
      ? "export the build cache again (or push the bundle again)"
      : role === "child"
        ? need === "attestation"
          ? "push the image with its attestations again"
          : "push this platform's image again, or rebuild the multi-arch image"
        : "push the image again";
  const none = need === "attestation" ? "none needed for pulls; for the provenance, " : "";
  return `${none}restart the registry if its descriptor cache is on, then ${push}`;
}

/** Sixteen hex digits, as those of a scan are made. */
function findingId(fields: readonly (string | undefined)[]): string {
  return createHash("sha256").update(fields.join("\0")).digest("hex").slice(0, 16);
}
