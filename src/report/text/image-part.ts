// One part of an image, in the fewest words.

import type { ImagePartReport } from "../../contract/verify.ts";
import type { Failure } from "../../registry/serve/failure.ts";

/** Whether nothing is wrong with the part, as far as is known. */
export function isPartGood({ status, failure, foreign, answer, notNeeded }: ImagePartReport): boolean {
  if (notNeeded !== undefined) return true;
  // Null is what depends on others: the upstream of a pull-through cache.
  return failure === undefined && (foreign || status === 200 || (status === null && !isUnknown(answer)));
}

/** `index`, `linux/arm64`, `layer`; a child without a platform is called by its kind. */
export function partName({ role, kind, platform }: ImagePartReport): string {
  if (role === "config" || role === "layer") return role;
  if (role === "manifest") return kind === "schema1" ? "schema 1 image" : (kind ?? "manifest");
  return platform ?? `child ${kind ?? "manifest"}`;
}

export function linkWords({ linked, answer, foreign }: ImagePartReport): string {
  if (answer === "broken-link") return "bad link";
  if (linked === null) return "link?";
  if (linked) return "linked";
  return foreign ? "" : "no link";
}

export function storeWords({ stored, foreign }: ImagePartReport): string {
  if (stored === null) return "store?";
  if (stored) return "stored";
  return foreign ? "" : "gone";
}

const FAILURES: Partial<Record<Failure, string>> = {
  "wrong-size": "wrong size",
  "wrong-content": "corrupt",
  "invalid-manifest": "invalid manifest",
};

/** `200`, `404`, `200 wrong size`. */
export function answerWords({ status, answer, failure, foreign, notNeeded }: ImagePartReport): string {
  if (foreign && status !== 200) return "elsewhere";
  const shown = status ?? (isUnknown(answer) ? "?" : "not fetched");
  const wrong = failure === undefined ? undefined : FAILURES[failure];
  const lenient = failure === undefined || notNeeded === undefined ? "" : ` ${LENIENT[notNeeded]}`;
  return (wrong === undefined ? `${shown}` : `${shown} ${wrong}`) + lenient;
}

const LENIENT = { attestation: "(not needed)", unwanted: "(not wanted)" } as const;

function isUnknown(answer: ImagePartReport["answer"]): boolean {
  return answer === "unknown" || answer === "not-a-digest";
}

/** The platforms of which something is not available, or never asked for. */
export function brokenPlatforms(parts: readonly ImagePartReport[]): string[] {
  const broken = new Set<string>();
  const above: (string | undefined)[] = [];
  for (const part of parts) {
    above.length = part.depth;
    const platform = part.platform ?? above.at(-1);
    above.push(platform);
    if (platform !== undefined && part.notNeeded === undefined && !(isPartGood(part) && part.reached))
      broken.add(platform);
  }
  return [...broken].sort();
}
