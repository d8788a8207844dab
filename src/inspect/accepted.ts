// Findings that were accepted in the configuration, for a reason and until a day.
import type { Finding, FindingCode } from "../contract/finding.ts";
import { matchesGlob } from "../layout/glob.ts";

/** What an accepted finding is known by: every field that is given must match; root, repository and tag may be globs. */
export interface Accepted {
  readonly code?: FindingCode | undefined;
  readonly root?: string | undefined;
  readonly repository?: string | undefined;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
  readonly reason: string;
  /** The last day on which it is accepted; ISO 8601, UTC. */
  readonly until: string;
}

const DAY = 86_400_000;

/** The acceptance that covers the finding at `now` (milliseconds since 1970), if there is one. */
export function acceptanceOf(finding: Finding, accepted: readonly Accepted[], now: number): Accepted | undefined {
  return accepted.find((acceptance) => now < Date.parse(acceptance.until) + DAY && covers(acceptance, finding));
}

function covers({ code, root, repository, tag, digest }: Accepted, finding: Finding): boolean {
  return (
    (code === undefined || code === finding.code) &&
    (root === undefined || matchesGlob(root, finding.root)) &&
    (repository === undefined || matchesGlob(repository, finding.repository ?? "")) &&
    (digest === undefined || digest === finding.digest) &&
    (tag === undefined || namesTag(tag, finding))
  );
}

/** A tag is named by itself, or by what the finding breaks: it must break no other image. */
function namesTag(tag: string, { tag: own, affects }: Finding): boolean {
  const isNamed = (name: string) => matchesGlob(tag, name.slice(name.lastIndexOf(":") + 1));
  return (own !== undefined && isNamed(own)) || (affects.length > 0 && affects.every(isNamed));
}
