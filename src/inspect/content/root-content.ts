// What is known of the content of one root's blobs: when each was last found to match its digest, tonight or before.
import { type ContentEvidence, ContentRecord, ContentRows, changeMark, fileMark } from "../../facts/content-record.ts";
import { type ContentDamage, ContentOutcome, DiskState, type VerifiedContent } from "../../facts/facts.ts";
import type { RootGraph } from "../../graph/root-graph.ts";

/** How much is known, in blobs and bytes. Times are seconds since 1970. */
export interface ContentTotals {
  readonly total: Amount;
  /** Found to match at some time. */
  readonly verified: Amount;
  /** Of these, within the last RECENT seconds. */
  readonly recent: Amount;
  /** When the oldest of these was; undefined where there is none. */
  readonly oldest: number | undefined;
  readonly corrupt: Amount;
  /** Neither corrupt nor verified since the present round began. */
  readonly waiting: Amount;
}

export interface Amount {
  blobs: number;
  bytes: number;
}

/** In seconds: 30 days. */
const RECENT = 30 * 86_400;
/** A change time that is not known. */
const NO_CHANGE = 0;

export class RootContent {
  readonly #graph: RootGraph;
  #before = new ContentRecord();
  /** By digest: of what this run has read, when; 0 for nothing. */
  readonly #tonight: Float64Array;
  readonly #changes: Uint16Array;

  constructor(graph: RootGraph) {
    this.#graph = graph;
    this.#tonight = new Float64Array(graph.digests.length);
    this.#changes = new Uint16Array(graph.digests.length);
  }

  /** Takes note of what other runs know. */
  learn(before: ContentRecord): void {
    this.#before = before;
  }

  /** What the runs before knew of a blob, as its file is now; undefined where that is nothing, or of another file. */
  earlier(blob: number): ContentEvidence | undefined {
    if (this.#before.length === 0) return undefined;
    const { digests } = this.#graph;
    return this.#before.find(digests.word(blob, 0), digests.word(blob, 1), this.#mark(blob));
  }

  /** When a blob was last found to match, and what has become of its file since; `changed` in milliseconds since 1970. */
  sinceMatch(blob: number, changed: number): ContentDamage["earlier"] {
    const known = this.earlier(blob);
    if (known && known.verifiedAt > 0) {
      // A change within the second in which it was verified may have come after that.
      const isBefore = changed / 1000 < known.verifiedAt;
      const isSame = isBefore && (known.change === NO_CHANGE || known.change === changeMark(changed));
      return { verifiedAt: known.verifiedAt, file: isSame ? "unchanged" : "touched" };
    }
    const { digests } = this.#graph;
    const verifiedAt = this.#before.lastVerified(digests.word(blob, 0), digests.word(blob, 1));
    return verifiedAt > 0 ? { verifiedAt, file: "rewritten" } : undefined;
  }

  /** Takes note of what was read, at a time in seconds since 1970. */
  take(blobs: readonly number[], { outcomes, changed }: VerifiedContent, now: number): void {
    for (const [row, blob] of blobs.entries()) {
      if (outcomes[row] !== ContentOutcome.sound && outcomes[row] !== ContentOutcome.corrupt) continue;
      this.#tonight[blob] = now;
      this.#changes[blob] = changeMark(changed[row]!);
    }
  }

  /** What is known of a blob that is in the store; `now` stands for what the scan has hashed besides. */
  evidence(blob: number, now: number): ContentEvidence | undefined {
    const isSound = this.#graph.contentSound(blob);
    const before = this.earlier(blob);
    if (isSound === undefined) return before;
    if (!isSound)
      return { verifiedAt: before?.verifiedAt ?? 0, isCorrupt: true, change: this.#corruptChange(blob, before) };
    const change = this.#changes[blob] || (before?.change ?? NO_CHANGE);
    return { verifiedAt: this.#tonight[blob] || now, isCorrupt: false, change };
  }

  /** By which its file is told from one that takes its place, with size and modification time as they were. */
  #corruptChange(blob: number, before: ContentEvidence | undefined): number {
    return this.#changes[blob] || (before?.isCorrupt ? before.change : NO_CHANGE);
  }

  /**
   * The rows to be remembered: of blobs that are in the store, and of which something is known. Unless it `forgets`, those that
   * were known before and are not in the store come along: it may not have been read in full.
   */
  rows(now: number, { forgets }: { readonly forgets: boolean }): Uint32Array {
    const { digests } = this.#graph;
    const rows = new ContentRows(digests.length);
    for (const blob of this.#stored()) {
      const evidence = this.evidence(blob, now);
      if (evidence) rows.push(digests.word(blob, 0), digests.word(blob, 1), this.#mark(blob), evidence);
    }
    if (!forgets) rows.addMissing(this.#before);
    return rows.finish();
  }

  /** `roundStartedAt` in seconds since 1970, as all times. */
  totals(now: number, roundStartedAt: number, counts: (blob: number) => boolean = () => true): ContentTotals {
    const none = () => ({ blobs: 0, bytes: 0 });
    const [total, verified, recent, corrupt, waiting] = [none(), none(), none(), none(), none()];
    let oldest: number | undefined;
    for (const blob of this.#stored()) {
      if (!counts(blob)) continue;
      const size = this.#graph.blobSize(blob);
      add(total, size);
      const evidence = this.evidence(blob, now);
      // What each scan hashes has its turn in every round.
      const isHashedAnyhow = this.#graph.contentSound(blob) === true && !this.#tonight[blob];
      const isWaiting = !isHashedAnyhow && (evidence?.verifiedAt ?? 0) < roundStartedAt;
      if (isWaiting && !evidence?.isCorrupt) add(waiting, size);
      if (evidence?.isCorrupt) add(corrupt, size);
      else if (evidence) {
        add(verified, size);
        if (evidence.verifiedAt > now - RECENT) add(recent, size);
        oldest = Math.min(oldest ?? evidence.verifiedAt, evidence.verifiedAt);
      }
    }
    return { total, verified, recent, oldest, corrupt, waiting };
  }

  *#stored(): Generator<number> {
    for (let blob = 0; blob < this.#graph.digests.length; blob++) {
      if (this.#graph.blobState(blob) === DiskState.ok) yield blob;
    }
  }

  #mark(blob: number): number {
    return fileMark(this.#graph.blobSize(blob), this.#graph.blobModified(blob));
  }
}

function add(amount: Amount, bytes: number): void {
  amount.blobs++;
  amount.bytes += bytes;
}
