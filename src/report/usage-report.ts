// What usage says of roots: the type of its schema.
import type { Infer } from "./schema-parts.ts";
import type { usageReport } from "./usage-schema.ts";

export type UsageReport = Infer<typeof usageReport>;
export type RootUsageReport = UsageReport["roots"][number];
export type UsageEntry = UsageReport["entries"][number];
