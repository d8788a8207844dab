// From what was typed to whole digests: a short one must name exactly one digest of the roots.

import type { DigestQuery } from "../config/why-options.ts";
import { UsageError } from "../contract/errors.ts";
import type { RootGraph } from "../graph/root-graph.ts";

/** Candidates named at most. */
const MOST = 8;

/** The digests that were asked for, in that order, each once. Throws a UsageError for a short one that is unknown or ambiguous. */
export function resolveDigests(queries: readonly DigestQuery[], graphs: readonly RootGraph[]): string[] {
  const digests = new Set<string>();
  for (const query of queries) digests.add(query.whole ?? expand(query, graphs));
  return [...digests];
}

function expand({ text, hex, algorithm }: DigestQuery, graphs: readonly RootGraph[]): string {
  const found = new Set<string>();
  for (const { digests } of graphs) {
    for (let digest = 0; digest < digests.length; digest++) {
      if (!digests.isDigest(digest) || (algorithm !== undefined && digests.algorithm(digest) !== algorithm)) continue;
      const whole = digests.text(digest);
      if (whole.startsWith(hex, whole.indexOf(":") + 1)) found.add(whole);
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
