// What a scan found: the type of its schema.
import type { Finding } from "../checks/finding.ts";
import type { Infer } from "./schema-parts.ts";
import type { scanReport } from "./schema-scan.ts";

/** Findings are made as they are asked for: a million of them are never held at once. */
export type ScanReport = Omit<Infer<typeof scanReport>, "findings"> & { readonly findings: Iterable<Finding> };
export type Verdict = ScanReport["verdict"];
export type RootReport = ScanReport["roots"][number];
export type BrokenTagReport = ScanReport["brokenTags"][number];
export type UnreadableReport = ScanReport["unreadable"][number];
export type HistoryReport = NonNullable<ScanReport["history"]>;
