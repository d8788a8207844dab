// What a cause is called: one event that explains many findings. Commands load this, so it loads no schema.
import type { Infer } from "./parts.ts";
import type { cause } from "./scan.ts";

/** In the order in which causes are reported. */
export const CAUSE_CODES = [
  "store-displaced",
  "store-not-mounted",
  "partial-restore",
  "vanished",
  "collected-children",
  "unreadable-for-registry",
  "torn-writes",
  "cache-state",
] as const;
export type CauseCode = (typeof CAUSE_CODES)[number];

/**
 * Those after which nothing is lost that seems so: it is elsewhere. So no repair of single things may be planned or advised,
 * and of the rest of the root nothing is certain: the run is incomplete.
 */
export const ELSEWHERE: ReadonlySet<CauseCode> = new Set(["store-displaced", "store-not-mounted", "partial-restore"]);

/** A cause as reports have it. */
export type Cause = Infer<typeof cause>;

/** Whether one of these causes says so. */
export function isElsewhere(causes: readonly Pick<Cause, "code">[]): boolean {
  return causes.some(({ code }) => ELSEWHERE.has(code));
}
