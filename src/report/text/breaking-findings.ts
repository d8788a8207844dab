// The findings that break images, by what is the damage itself: a number each, so that a million of them are never held.
import { createHash } from "node:crypto";
import type { Finding, FindingStream } from "../../contract/finding.ts";
import type { ScanReport } from "../../contract/scan.ts";

/** What is needed of a report. */
export interface BrokenReport {
  readonly brokenTags: readonly Pick<ScanReport["brokenTags"][number], "findings">[];
  readonly findings: FindingStream;
}

/** Bytes of a hash: as many as make two alike as good as impossible. */
const HASH = 16;

export class BreakingFindings {
  readonly #findings: FindingStream;
  /** By id: which damage it is; -1 before its finding is added. */
  readonly #causes = new Map<string, number>();
  /** By the hash of what the damage is: as texts they would take hundreds of bytes each. */
  readonly #numbers = new Map<string, number>();

  constructor({ brokenTags, findings }: BrokenReport) {
    this.#findings = findings;
    for (const image of brokenTags) for (const id of image.findings) this.#causes.set(id, -1);
  }

  /** Takes note of a finding of the report; whether it breaks an image. */
  add(finding: Finding): boolean {
    if (!this.#causes.has(finding.id)) return false;
    const damage = createHash("sha256").update(damageOf(finding)).digest().toString("latin1", 0, HASH);
    const number = this.#numbers.get(damage) ?? this.#numbers.size;
    this.#numbers.set(damage, number);
    this.#causes.set(finding.id, number);
    return true;
  }

  /** Which damage a finding is about: the same number for the same; undefined for one that was not added. */
  causeOf(id: string): number | undefined {
    const cause = this.#causes.get(id);
    return cause === -1 ? undefined : cause;
  }

  /** The findings with these ids, made once more. */
  select(ids: Iterable<string>): ReadonlyMap<string, Finding> {
    const wanted = new Set(ids);
    const found = new Map<string, Finding>();
    for (const finding of wanted.size === 0 ? [] : (this.#findings.select?.(wanted) ?? this.#findings)) {
      if (wanted.has(finding.id)) found.set(finding.id, finding);
      if (found.size === wanted.size) break;
    }
    return found;
  }
}

/**
 * The damage itself, without the manifest through which it was met: each image that shares a lost layer has a finding
 * of its own about it. What is wrong with a tag lies in the tag's own folder, so there the path is left out instead.
 */
function damageOf({ root, code, repository, tag, digest, role, platform, path, message }: Finding): string {
  const place = tag === undefined ? [path] : [repository, digest];
  return [root, code, role, platform, message, ...place].join("\0");
}
