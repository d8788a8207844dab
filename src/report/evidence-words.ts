// What an answer rests on where an index was used: how much of it was not read this time, and how old the oldest of it is.
import type { InvestigatedRoot } from "../contract/run.ts";
import { formatCount, formatNumberOf } from "../text/quantities.ts";

export type RootEvidence = Pick<InvestigatedRoot, "name" | "evidence">;

/** A sentence for each root that was asked about with an index; roots' names as they are. */
export function evidenceWords(roots: readonly RootEvidence[]): string[] {
  return roots.flatMap(({ name, evidence }) => {
    if (evidence === undefined) return [];
    const { indexOf, readAllAt, taken, read, reason } = evidence;
    const prefix = roots.length > 1 ? `${name}: ` : "";
    if (indexOf === null) return [`${prefix}All was read: ${reason}.`];
    const [unread, all] = [sum(taken), sum(taken) + sum(read)];
    const files = formatNumberOf(all, "link, manifest and config", "links, manifests and configs");
    return [
      `${prefix}${formatCount(unread)} of ${files} taken from the index of ${minute(indexOf)}, as they have not changed since; all was last read at ${minute(readAllAt)}.`,
    ];
  });
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function minute(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
