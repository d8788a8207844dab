// What is known of corrupt content besides that it is, as a report has it.
import type { Finding } from "../contract/finding.ts";
import type { RootGraph } from "../graph/root-graph.ts";

/** What a finding is about whose content may be damaged. */
export interface SuspectContent {
  /** -1 for none. */
  readonly blob: number;
  /** How many bytes there should be; negative or NaN where nothing tells. */
  readonly expected: number;
}

/** Undefined where nobody looked at the content. */
export function damageRecord(graph: RootGraph, { blob, expected }: SuspectContent): Finding["damage"] | undefined {
  const damage = graph.damageOf(blob);
  if (!damage) return undefined;
  const { actual, bytes, zeros, firstZero, difference, earlier } = damage;
  return {
    actual,
    bytes,
    expectedBytes: expected >= 0 ? expected : null,
    zeros,
    firstZero: firstZero < 0 ? null : firstZero,
    firstDifference: difference ?? null,
    matchedAt: earlier ? new Date(earlier.verifiedAt * 1000).toISOString() : null,
    file: earlier?.file ?? null,
  };
}
