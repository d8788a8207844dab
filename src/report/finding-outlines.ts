// The findings of any report as outlines: what counts and sorts them makes those alone that it shows.
import type { Finding, FindingOutline, FindingStream } from "../contract/finding.ts";

/** Those that the stream gives, or of findings that are made already. */
export function outlinesOf(findings: FindingStream): Iterable<FindingOutline> {
  return findings.outlines?.() ?? outlinesOfMade(findings);
}

function* outlinesOfMade(findings: Iterable<Finding>): Generator<FindingOutline> {
  for (const finding of findings) yield outlineOf(finding);
}

/** Of a finding that is made, of which nothing need be spared. */
function outlineOf(finding: Finding): FindingOutline {
  const { root, code, severity, repository } = finding;
  return { root, code, severity, repository, isPlain: false, words: () => finding, finding: () => finding };
}
