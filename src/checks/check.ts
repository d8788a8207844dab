// What a check is: everything that the program knows of one finding code, in one value.

import type { FindingCode, RoleName, Severity } from "../contract/finding.ts";
import type { AsRead, Claim } from "../graph/claims.ts";
import type { RepositoryNode } from "../graph/root-graph.ts";
import type { SuspectContent } from "./content-damage.ts";
import type { CheckContext } from "./context.ts";

/** What a finding is about, in the numbers of the graph. */
export interface FindingDraft {
  readonly repository?: RepositoryNode;
  readonly tag?: number | undefined;
  readonly digest?: number;
  readonly parent?: number;
  readonly role?: RoleName | undefined;
  readonly platform?: string | undefined;
  /** What is wrong on disk, relative to the root. */
  readonly path: string;
  /** Whether it concerns only platforms that are not wanted: then it is worth knowing and no more. */
  readonly isUnwanted?: boolean;
  /** The tags that it breaks. */
  readonly tags: readonly number[];
  /** Where the check's own does not hold; only of one that `variesInSeverity`. */
  readonly severity?: Severity;
}

/** What a person reads of a finding. */
export interface FindingWords {
  /** What is wrong. Where two values differ, it names both. */
  readonly message: string;
  /** What to do: an action. */
  readonly remedy: string;
}

/** What the repair script does at the path of a finding, whatever image needs it. */
export type Fix = "move-away" | "create-layers-folder";

/** What a check says about its code, beside what it finds. */
interface CheckFacts<Code extends FindingCode> {
  readonly code: Code;
  /** `error-if-tagged`: error where a tag needs it, info where only unwanted platforms do, else warning. */
  readonly severity: Severity | "error-if-tagged";
  /** Whether a finding may be of another severity than that: then each says so itself. */
  readonly variesInSeverity?: boolean;
  /** The thing's state in the fewest words, as text output names it: "not in the store". */
  readonly label: string;
  /** What the code means, in one line. */
  readonly meaning: string;
  /** What text output calls the thing that is wrong where it has no role and no tag; "manifest" if not given. */
  readonly noun?: string;
  /** Whether it never breaks an image, so that nobody need ask a million of its findings for the tags that they break. */
  readonly breaksNoImage?: boolean;
  /** Whether it is damage in a pull-through cache too, which fetches what is missing. */
  readonly inCaches: boolean;
  /** Whether it can be said only of a root all of which could be read. */
  readonly needsCompleteRun?: boolean;
  /** Whether it is fixed at its path itself, so that text output shows that; else the digest says enough. */
  readonly fixedAtPath?: boolean;
  /** Whether a repair plan has a step for it though it breaks no image. */
  readonly isTidied?: boolean;
  /** Why a repair plan has no step for it. */
  readonly leftByPlan?: string;
}

/**
 * A check as its file writes it. `T` is what it keeps of each finding until words are needed: best something that is
 * in memory anyhow, such as a pull's problem or a link's number, since there may be a million.
 */
export interface CheckDefinition<Code extends FindingCode, T> extends CheckFacts<Code> {
  /** Sorted by repository, then as the repository lists them. */
  find(context: CheckContext): Iterable<T>;
  draft(context: CheckContext, found: T): FindingDraft;
  words(context: CheckContext, found: T): FindingWords;
  /** The blob whose content may be damaged; left out where it never is that. */
  suspect?(context: CheckContext, found: T): SuspectContent;
  /**
   * What was true of the disk and makes it a finding; read again before it is reported, since a registry may be at work. What
   * `asRead` answers may be left out.
   */
  restsOn(context: CheckContext, found: T, asRead?: AsRead): Iterable<Claim>;
  /** What the repair script does at its path; undefined where images decide that, or a person. */
  fix?(context: CheckContext, found: T): Fix | undefined;
}

/** A check as the rest of the program uses it: what it found goes back to it alone. */
export type Check<Code extends FindingCode = FindingCode> = CheckDefinition<Code, unknown>;

/** Lets the compiler hold the parts of a check against each other, then forgets what it keeps of a finding. */
export function defineCheck<Code extends FindingCode, T>(check: CheckDefinition<Code, T>): Check<Code> {
  return check as CheckDefinition<Code, unknown>;
}

/** For a check whose findings cannot change in harm, or grow out of what other findings rest on. */
export function restsOnNothing(): readonly Claim[] {
  return [];
}
