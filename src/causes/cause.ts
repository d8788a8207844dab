// What a cause is: one event that explains many findings, with the evidence for it and the one thing to do.
import type { Found } from "../checks/index.ts";
import type { RootFindings } from "../checks/root-findings.ts";
import type { Cause, CauseCode } from "../contract/cause.ts";
import type { Unreadable } from "../facts/facts.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { Pull } from "../registry/serve/pull.ts";

/** What is asked of the disk once something looks like an event. Paths are relative to the root. */
export interface CauseDisk {
  /** Milliseconds since 1970; undefined where there is nothing, or nothing can be said. */
  modifiedAt(path: string): number | undefined;
  /** Whether something is there, a symbolic link followed. */
  has(path: string): boolean;
  /** The names in a directory, none where nothing is; undefined where it cannot be listed. */
  names(path: string): readonly string[] | undefined;
}

export interface CauseContext {
  /** Absolute. */
  readonly path: string;
  readonly kind: "authoritative" | "cache";
  readonly graph: RootGraph;
  readonly pull: Pull;
  readonly findings: RootFindings;
  readonly disk: CauseDisk;
  /** What was left unread because a volume seems not to be mounted: places, relative to the root. */
  readonly unmounted: readonly string[];
}

/** An event that was recognised. */
export interface FoundCause extends Pick<Cause, "message" | "evidence" | "fix" | "next"> {
  /** What of the root nothing can be said of, where it is such an event; `ruins` all findings if they rest on it. */
  readonly unread?: Unreadable & { readonly ruins: boolean };
  /** Whether the event explains the finding. */
  explains(found: Found): boolean;
  /** Looks at the disk again whether it is still so; of such an event as `ruins` all findings, which then need not be read again. */
  stillHolds?(): boolean;
}

export interface CauseDefinition {
  readonly code: CauseCode;
  /** What it means, in one line. */
  readonly meaning: string;
  find(context: CauseContext): FoundCause | undefined;
}

/** `2026-11-22 03:25`, in UTC, from milliseconds since 1970. */
export function minuteOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
