// The catalogue of causes, and what of it a root shows.
import { CAUSE_CODES, type Cause, type CauseCode, ELSEWHERE } from "../contract/cause.ts";
import { cacheState } from "./cache-state.ts";
import type { CauseContext, CauseDefinition, FoundCause } from "./cause.ts";
import { collectedChildren } from "./collected-children.ts";
import { partialRestore } from "./partial-restore.ts";
import { isStoreEmpty } from "./store.ts";
import { storeDisplaced } from "./store-displaced.ts";
import { storeNotMounted } from "./store-not-mounted.ts";
import { tornWrites } from "./torn-writes.ts";
import { unreadableForRegistry } from "./unreadable-for-registry.ts";

/** What is recognised from one root alone; `vanished` needs the state of an earlier run (report/history.ts). */
export const CAUSES: Readonly<Partial<Record<CauseCode, CauseDefinition>>> = {
  "store-not-mounted": storeNotMounted,
  "store-displaced": storeDisplaced,
  "partial-restore": partialRestore,
  "collected-children": collectedChildren,
  "unreadable-for-registry": unreadableForRegistry,
  "torn-writes": tornWrites,
  "cache-state": cacheState,
};

export interface RootCauses {
  /** In the order of CAUSE_CODES. */
  readonly causes: readonly Cause[];
  /** What nothing can be said of because of such an event. */
  readonly unread: FoundCause["unread"];
}

/**
 * The event after which nothing that was found need be read again, if the root shows one: all of it rests on the blob store,
 * in which there is not one blob.
 */
export function findRuin(context: CauseContext): FoundCause | undefined {
  return isStoreEmpty(context.graph) ? CAUSES["store-not-mounted"]?.find(context) : undefined;
}

/** The events that a root shows. One after which things are elsewhere explains all, so nothing is looked for after it. */
export function findCauses(context: CauseContext, root: string): RootCauses {
  const causes: Cause[] = [];
  for (const code of CAUSE_CODES) {
    const definition = CAUSES[code];
    const found = definition?.find(context);
    if (!definition || !found) continue;
    const { explains, message, evidence, fix, next } = found;
    const tags = new Set<number>();
    let findings = 0;
    for (const one of context.findings) {
      if (!explains(one)) continue;
      findings++;
      for (const tag of one.check.draft(context.findings.context, one.found).tags) tags.add(tag);
    }
    causes.push({ code, root, message, evidence, findings, images: tags.size, fix, next });
    if (ELSEWHERE.has(code)) return { causes, unread: found.unread };
  }
  return { causes, unread: undefined };
}
