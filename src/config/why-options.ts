// The options of why, validated, and the digests that people type.

import { UsageError } from "../contract/errors.ts";
import { ALGORITHMS, type Algorithm, isHex, parseDigest } from "../layout/digest.ts";
import type { CommonOptions } from "./common-options.ts";

export interface WhyOptions extends CommonOptions {
  /** Whole or short. At least one. */
  readonly digests: readonly string[];
}

/** What was asked for: a digest, or the beginning of one. */
export interface DigestQuery {
  /** As it was given. */
  readonly text: string;
  /** The digest, where it was given whole. */
  readonly whole: string | undefined;
  /** What the digest's hex begins with. */
  readonly hex: string;
  /** Undefined where only hex was given. */
  readonly algorithm: Algorithm | undefined;
}

/** Fewer hex digits than this name nothing in particular. */
const SHORTEST = 4;

/** `sha256:<hex>`, `sha256:abcd` or `abcd`. Throws a UsageError, one line, for anything else. */
export function parseDigestQuery(text: string): DigestQuery {
  const refuse = (why: string) => new UsageError(`${JSON.stringify(text)} is no digest: ${why}`);
  const colon = text.indexOf(":");
  const prefix = colon < 0 ? undefined : text.slice(0, colon);
  const algorithm = ALGORITHMS.find((known) => known === prefix);
  if (prefix !== undefined && !algorithm) throw refuse(`the algorithms are ${ALGORITHMS.join(", ")}`);
  const hex = text.slice(colon + 1);
  if (!/^[0-9a-f]*$/.test(hex)) throw refuse("it takes hex digits, in lower case");
  if (hex.length < SHORTEST) throw refuse(`it takes at least ${SHORTEST} hex digits`);
  const ofItsLength = ALGORITHMS.find((known) => isHex(known, hex));
  const whole = parseDigest(`${algorithm ?? ofItsLength}:${hex}`) ? `${algorithm ?? ofItsLength}:${hex}` : undefined;
  const longest = algorithm === "sha256" ? 64 : algorithm === "sha384" ? 96 : 128;
  if (hex.length > longest) throw refuse(`it has ${hex.length} hex digits, more than ${longest}`);
  return { text, whole, hex, algorithm };
}
