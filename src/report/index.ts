// The reporters of each command, by the names of --format. Each is loaded when it is asked for: loading them all would take
// longer than verifying an image.
import type { ForecastReport } from "../contract/forecast.ts";
import type { GateReport } from "../contract/gate.ts";
import type { Command } from "../contract/line-formats.ts";
import type { PlanReport } from "../contract/plan.ts";
import type { ProbeReport } from "../contract/probe.ts";
import type { ReclaimReport } from "../contract/reclaim.ts";
import type { ScanReport } from "../contract/scan.ts";
import type { UsageReport } from "../contract/usage.ts";
import type { VerifyReport } from "../contract/verify.ts";
import type { WhyReport } from "../contract/why.ts";
import type { Page } from "../text/page.ts";
import type { RootSpace } from "./html/space.ts";

/** What each command reports. */
interface Reports {
  readonly scan: ScanReport;
  readonly forecast: ForecastReport;
  readonly gate: GateReport;
  readonly verify: VerifyReport;
  readonly why: WhyReport;
  readonly usage: UsageReport;
  readonly reclaim: ReclaimReport;
  readonly plan: PlanReport;
  readonly probe: ProbeReport;
}

/** Yields chunks to be written one after another; each ends where it likes, the last ends its line. */
type Reporter<Report> = (report: Report, page: Page) => Iterable<string>;

const JSON_REPORTERS = {
  json: async () => (await import("./json.ts")).renderJson,
  jsonl: async () => (await import("./jsonl.ts")).renderJsonLines,
} as const;

const REPORTERS = {
  scan: { ...JSON_REPORTERS, text: async () => (await import("./text/scan.ts")).renderScanText },
  forecast: { ...JSON_REPORTERS, text: async () => (await import("./text/forecast.ts")).renderForecastText },
  gate: { ...JSON_REPORTERS, text: async () => (await import("./text/gate.ts")).renderGateText },
  verify: {
    ...JSON_REPORTERS,
    text: async () => (await import("./text/verify.ts")).renderVerifyText,
    dot: async () => (await import("./graph/dot.ts")).renderImageDot,
    mermaid: async () => (await import("./graph/mermaid.ts")).renderImageMermaid,
  },
  why: { ...JSON_REPORTERS, text: async () => (await import("./text/why.ts")).renderWhyText },
  usage: { ...JSON_REPORTERS, text: async () => (await import("./text/usage.ts")).renderUsageText },
  reclaim: { ...JSON_REPORTERS, text: async () => (await import("./text/reclaim.ts")).renderReclaimText },
  plan: { ...JSON_REPORTERS, text: async () => (await import("./text/plan.ts")).renderPlanText },
  probe: { ...JSON_REPORTERS, text: async () => (await import("./text/probe.ts")).renderProbeText },
} as const satisfies { readonly [Name in Command]: Record<string, () => Promise<Reporter<Reports[Name]>>> };

/** The report in one of its command's formats. What writes that format is loaded now. */
export async function render<Report extends Reports[Command]>(
  report: Report,
  format: keyof (typeof REPORTERS)[Report["command"]] & string,
  page: Page,
): Promise<Iterable<string>> {
  const reporters: Record<string, () => Promise<Reporter<never>>> = REPORTERS[report.command];
  const reporter = (await reporters[format]!()) as Reporter<Report>;
  return reporter(report, page);
}

const PAGES = {
  scan: async () => (await import("./html/scan.ts")).renderScanPage,
  forecast: async () => (await import("./html/forecast.ts")).renderForecastPage,
  gate: async () => (await import("./html/gate.ts")).renderGatePage,
  usage: async () => (await import("./html/usage.ts")).renderUsagePage,
} as const satisfies {
  readonly [Name in Command]?: () => Promise<(report: Reports[Name], spaces: readonly RootSpace[]) => Iterable<string>>;
};

/** The report as one static page of HTML, with a map of the space of these roots. */
export async function renderHtml<Report extends Reports[keyof typeof PAGES]>(
  report: Report,
  spaces: readonly RootSpace[],
): Promise<Iterable<string>> {
  const renderer = (await PAGES[report.command]()) as (
    report: Report,
    spaces: readonly RootSpace[],
  ) => Iterable<string>;
  return renderer(report, spaces);
}
