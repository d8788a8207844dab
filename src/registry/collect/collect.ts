// Garbage collection as the registry does it (docs/internals/registry-2.8.3.md section 5, docs/internals/registry-3.md
// section 5), on paper: what it would mark, delete, and where it would abort. The program stops at its first abort; this goes
// on, to name them all.
import { Aborts, type CollectInput, type Collection, type CollectOptions } from "./collection.ts";
import { Marking } from "./mark.ts";
import { sweep } from "./sweep.ts";

/** Collects, on paper. Linear in links and references: a repository's tags are looked up in a set. */
export function collect(input: CollectInput, options: CollectOptions): Collection {
  const aborts = new Aborts();
  const marking = new Marking(input, options, aborts);
  marking.markAll();
  return sweep(input, options, marking, aborts);
}
