// From what was typed to full digests: a short one must name exactly one digest of the roots.
import { UsageError } from "../contract/errors.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { ALGORITHMS, type Algorithm, isHex, parseDigest } from "../layout/digest.ts";

/** What was asked for: a digest, or the beginning of one. */
export interface DigestQuery {
  /** As it was given. */
  readonly text: string;
  /** The digest, where it was given full. */
  readonly full: string | undefined;
  /** What the digest's hex begins with. */
  readonly hex: string;
  /** Undefined where only hex was given. */
  readonly algorithm: Algorithm | undefined;
}

/** Fewer hex digits than this name nothing in particular. */
const SHORTEST = 4;

/** `sha256:<hex>`, `sha256:abcd` or `abcd`. Throws a UsageError, one line, for anything else. */
export function parseDigestQuery(text: string): DigestQuery {
  const refuse = (why: string) => new UsageError(`${JSON.stringify(text)} is an invalid digest: ${why}`);
  const colon = text.indexOf(":");
  const prefix = colon < 0 ? undefined : text.slice(0, colon);
  const algorithm = ALGORITHMS.find((known) => known === prefix);
  if (prefix !== undefined && !algorithm) throw refuse(`the algorithms are ${ALGORITHMS.join(", ")}`);
  const hex = text.slice(colon + 1);
  if (!/^[0-9a-f]*$/.test(hex)) throw refuse("it takes hex digits, in lower case");
  if (hex.length < SHORTEST) throw refuse(`it takes at least ${SHORTEST} hex digits`);
  const ofItsLength = ALGORITHMS.find((known) => isHex(known, hex));
  const full = parseDigest(`${algorithm ?? ofItsLength}:${hex}`) ? `${algorithm ?? ofItsLength}:${hex}` : undefined;
  const longest = algorithm === "sha256" ? 64 : algorithm === "sha384" ? 96 : 128;
  if (hex.length > longest) throw refuse(`it has ${hex.length} hex digits, more than ${longest}`);
  return { text, full, hex, algorithm };
}

/** Candidates named at most. */
const MOST = 8;

/** The digests that were asked for, in that order, each once. Throws a UsageError for a short one that is unknown or ambiguous. */
export function resolveDigests(queries: readonly DigestQuery[], graphs: readonly RootGraph[]): string[] {
  const digests = new Set<string>();
  for (const query of queries) digests.add(query.full ?? expand(query, graphs));
  return [...digests];
}

function expand({ text, hex, algorithm }: DigestQuery, graphs: readonly RootGraph[]): string {
  const found = new Set<string>();
  for (const { digests } of graphs) {
    for (let digest = 0; digest < digests.length; digest++) {
      if (!digests.isDigest(digest) || (algorithm !== undefined && digests.algorithm(digest) !== algorithm)) continue;
      const full = digests.text(digest);
      if (full.startsWith(hex, full.indexOf(":") + 1)) found.add(full);
    }
  }
  const [only] = found;
  if (only === undefined) throw new UsageError(`no digest here begins with ${text}`);
  if (found.size > 1) {
    const some = [...found].sort().slice(0, MOST);
    const more = found.size > some.length ? ` and ${found.size - some.length} more` : "";
    throw new UsageError(`${text} is short for ${found.size} digests: ${some.join(", ")}${more}`);
  }
  return only;
}
