// A few of a repository's tags.
import type { TagFacts } from "./facts.ts";
import { DigestCursor, type DigestItem, DigestWriter } from "./packed-digests.ts";

/** The tags of which `wants` says so, told each tag's row and what it names now. */
export function selectTags(facts: TagFacts, wants: (row: number, target: DigestItem) => boolean): TagFacts {
  const rows: number[] = [];
  const targets = new DigestWriter(0);
  const history = new DigestWriter(0);
  const target = new DigestCursor(facts.targets);
  const former = new DigestCursor(facts.history);
  for (let row = 0; target.next(); row++) {
    const isWanted = wants(row, target);
    for (let left = facts.historyCounts[row]!; left > 0; left--) {
      former.next();
      if (isWanted) history.pushItem(former);
    }
    if (!isWanted) continue;
    rows.push(row);
    targets.pushItem(target);
  }
  const rowsOf = <T>(values: ReadonlyMap<number, T>) => {
    return new Map(rows.flatMap((row, at) => (values.has(row) ? [[at, values.get(row)!] as const] : [])));
  };
  return {
    names: rows.map((row) => facts.names[row]!),
    states: Uint8Array.from(rows, (row) => facts.states[row]!),
    targets: targets.finish(),
    modified: facts.modified.length === 0 ? facts.modified : Float64Array.from(rows, (row) => facts.modified[row]!),
    pushed: facts.pushed.length === 0 ? facts.pushed : Float64Array.from(rows, (row) => facts.pushed[row]!),
    historyCounts: Int32Array.from(rows, (row) => facts.historyCounts[row]!),
    historyStates: Uint8Array.from(rows, (row) => facts.historyStates[row]!),
    loopedHistory: rowsOf(facts.loopedHistory),
    history: history.finish(),
    reasons: rowsOf(facts.reasons),
  };
}
