// What a plan says: the type of its schema.
import type { planReport } from "./plan-schema.ts";
import type { Infer } from "./schema-parts.ts";

export type PlanReport = Infer<typeof planReport>;
export type PlannedRoot = PlanReport["roots"][number];
export type LeftReport = PlanReport["left"][number];
