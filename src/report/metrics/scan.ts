// A scan as metrics for node_exporter's textfile collector. Every sample carries the root and nothing more particular,
// so that series stay few, and files of several scans may lie side by side.

import { CHECKS } from "../../checks/index.ts";
import { CAUSE_CODES } from "../../contract/cause.ts";
import type { EvidenceReport } from "../../contract/content.ts";
import { FINDING_CODES, type Finding, type FindingTally, SEVERITIES, type Severity } from "../../contract/finding.ts";
import type { RootReport, ScanReport } from "../../contract/scan.ts";
import { type Family, renderFamilies, type Sample, valuesByRoot } from "./exposition.ts";

export interface MetricsInput {
  readonly report: Pick<
    ScanReport,
    "tool" | "durationMs" | "roots" | "causes" | "brokenTags" | "findings" | "unreadable" | "content"
  >;
  /** Seconds since 1970. */
  readonly completedAt: number;
  /** What keeps a root from being clean, as it keeps the exit code from being 0. */
  readonly failOn: Severity | "never";
  /** What nothing references, by the root's name; without an entry where it was not counted. */
  readonly unreferenced: ReadonlyMap<string, { readonly count: number; readonly bytes: number }>;
  /** What the file said before; empty for none. A root that it knows and the report does not is reported as unread. */
  readonly earlier: EarlierMetrics;
}

/** By the root's name. */
export type EarlierMetrics = ReadonlyMap<string, RootTimes>;

/** In seconds since 1970; without an entry where it never was. */
interface RootTimes {
  readonly lastComplete?: number;
  readonly lastClean?: number;
}

const COMPLETE = "regfsck_complete";
const LAST_COMPLETE = "regfsck_last_complete_timestamp_seconds";
const LAST_CLEAN = "regfsck_last_clean_timestamp_seconds";

const COUNTS = {
  repositories: ["regfsck_repositories", "Repositories in the root."],
  tags: ["regfsck_tags", "Tags in the root."],
  revisions: ["regfsck_revisions", "Revision links in the root."],
  manifests: ["regfsck_manifests", "Manifests in the blob store that can be parsed."],
  indexes: ["regfsck_indexes", "Manifests in the blob store that are indexes."],
  layerLinks: ["regfsck_layer_links", "Layer links in the root."],
  blobs: ["regfsck_blobs", "Blobs in the blob store."],
  blobBytes: ["regfsck_blob_bytes", "Size of the blobs in the blob store."],
  uploads: ["regfsck_uploads", "Unfinished uploads in the root."],
} as const satisfies Record<keyof RootReport["counts"], readonly [name: string, help: string]>;

/** The text of a .prom file about this scan. */
export function renderMetrics(input: MetricsInput): string {
  const roots = rootResults(input);
  const { report, completedAt } = input;
  const gauge = (name: string, help: string, value: (root: RootResult) => number | undefined): Family => ({
    name,
    help,
    samples: roots.flatMap((root) => sample({ root: root.name }, value(root))),
  });
  return renderFamilies([
    gauge(COMPLETE, "Whether the last run read all of the root (1) or not (0).", ({ unread }) => (unread > 0 ? 0 : 1)),
    unreadablePlaces(roots, input),
    gauge("regfsck_broken_tags", "Tags whose image cannot be pulled completely.", ({ counted }) => counted?.brokenTags),
    findingsByCode(roots),
    causesByCode(roots, report),
    gauge("regfsck_accepted_findings", "Findings that the configuration accepts.", ({ counted }) => counted?.accepted),
    ...Object.entries(COUNTS).map(([field, [name, help]]) =>
      gauge(name, help, ({ counted }) => counted?.counts[field as keyof typeof COUNTS]),
    ),
    gauge(
      "regfsck_unreferenced_blobs",
      "Blobs older than a day that nothing references.",
      ({ name }) => input.unreferenced.get(name)?.count,
    ),
    gauge(
      "regfsck_unreferenced_bytes",
      "Size of the blobs older than a day that nothing references.",
      ({ name }) => input.unreferenced.get(name)?.bytes,
    ),
    ...contentFamilies(report),
    gauge(
      "regfsck_read_all_timestamp_seconds",
      "With an index: when the run began that last read all of the root.",
      ({ counted }) => counted?.evidence && Date.parse(counted.evidence.readAllAt) / 1000,
    ),
    gauge(
      "regfsck_read_files",
      "With an index: links, manifests and configs that the last run read.",
      ({ counted }) => counted?.evidence && total(counted.evidence.read),
    ),
    gauge(
      "regfsck_unread_files",
      "With an index: links, manifests and configs that had not changed since they were read, and were not read again.",
      ({ counted }) => counted?.evidence && total(counted.evidence.taken),
    ),
    gauge("regfsck_run_duration_seconds", "How long the last run took, all its roots together.", ({ counted }) =>
      counted ? report.durationMs / 1000 : undefined,
    ),
    gauge("regfsck_last_run_timestamp_seconds", "When the last run that asked for the root ended.", () => completedAt),
    gauge(LAST_COMPLETE, "When a run last read all of the root; 0 for never.", ({ lastComplete }) => lastComplete ?? 0),
    gauge(
      LAST_CLEAN,
      "When a run last read all of the root and found nothing that fails it; 0 for never.",
      ({ lastClean }) => lastClean ?? 0,
    ),
    {
      name: "regfsck_build_info",
      help: "Always 1; the version of regfsck that wrote this.",
      samples: roots.map(({ name }) => ({
        labels: { command: "scan", root: name, version: report.tool.version },
        value: 1,
      })),
    },
  ]);
}

/** What an earlier file of `renderMetrics` said of each root. Reads any text; what is not ours is passed over. */
export function parseEarlierMetrics(text: string): EarlierMetrics {
  const complete = valuesByRoot(text, LAST_COMPLETE);
  const clean = valuesByRoot(text, LAST_CLEAN);
  const roots = new Set([...valuesByRoot(text, COMPLETE).keys(), ...complete.keys(), ...clean.keys()]);
  const times = [...roots].map((root) => [root, rootTimes(complete.get(root), clean.get(root))] as const);
  return new Map(times);
}

interface RootResult extends RootTimes {
  readonly name: string;
  /** How many places could not be read. */
  readonly unread: number;
  /** Undefined for a root that was not found. */
  readonly counted: Counted | undefined;
}

interface Counted {
  readonly counts: RootReport["counts"];
  readonly evidence: RootReport["evidence"];
  readonly brokenTags: number;
  readonly accepted: number;
  readonly findings: ReadonlyMap<Finding["code"], Record<Severity, number>>;
}

function rootResults({ report, completedAt, failOn, earlier }: MetricsInput): RootResult[] {
  const findings = countFindings(report);
  const found = report.roots.map(({ name, counts, evidence }): RootResult => {
    const unread = report.unreadable.filter(({ root }) => root === name).length;
    const counted = {
      counts,
      evidence,
      brokenTags: report.brokenTags.filter(({ root }) => root === name).length,
      ...findings.get(name)!,
    };
    const isComplete = unread === 0;
    const isClean = isComplete && !fails(counted.findings, failOn);
    return {
      name,
      unread,
      counted,
      ...believable(earlier.get(name), completedAt),
      ...(isComplete && { lastComplete: completedAt }),
      ...(isClean && { lastClean: completedAt }),
    };
  });
  const known = new Set([...earlier.keys(), ...report.unreadable.map(({ root }) => root)]);
  const lost = [...known].filter((name) => name !== "" && !findings.has(name));
  return [
    ...found,
    ...lost.map((name) => ({ name, unread: 1, counted: undefined, ...believable(earlier.get(name), completedAt) })),
  ];
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** By the root's name. */
function countFindings({ roots, findings }: MetricsInput["report"]) {
  const none = () => new Map(FINDING_CODES.map((code) => [code, { error: 0, warning: 0, info: 0 }]));
  const counted = new Map(roots.map(({ name }) => [name, { findings: none(), accepted: 0 }]));
  for (const { root, code, severity, accepted, count } of findings.tally?.() ?? oneByOne(findings)) {
    const counts = counted.get(root)!;
    if (accepted) counts.accepted += count;
    else counts.findings.get(code)![severity] += count;
  }
  return counted;
}

function* oneByOne(findings: Iterable<Finding>): Generator<FindingTally> {
  for (const { root, code, severity, accepted } of findings) {
    yield { root, code, severity, accepted: accepted !== undefined, count: 1 };
  }
}

function fails(findings: Counted["findings"], failOn: MetricsInput["failOn"]): boolean {
  if (failOn === "never") return false;
  const failing = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return [...findings.values()].some((counts) => failing.some((severity) => counts[severity] > 0));
}

/** Every code has its series at all times, 0 too, so that an alert is resolved by a count and not by a gap. */
function findingsByCode(roots: readonly RootResult[]): Family {
  const samples: Sample[] = [];
  for (const { name: root, counted } of roots) {
    for (const [code, counts] of counted?.findings ?? []) {
      for (const severity of SEVERITIES) {
        const value = counts[severity];
        if (value > 0 || mayBe(code, severity)) samples.push({ labels: { root, code, severity }, value });
      }
    }
  }
  return { name: "regfsck_findings", help: "Findings by code and severity, without accepted ones.", samples };
}

/** As of findings, every code has its series at all times. */
function causesByCode(roots: readonly RootResult[], { causes }: MetricsInput["report"]): Family {
  const samples = roots.flatMap(({ name: root, counted }) =>
    counted === undefined
      ? []
      : CAUSE_CODES.map((code) => ({
          labels: { root, code },
          value: causes.some((cause) => cause.root === root && cause.code === code) ? 1 : 0,
        })),
  );
  return { name: "regfsck_cause", help: "Whether one event of this code explains findings (1) or not (0).", samples };
}

/** Nothing where nothing is known of what was verified. */
function contentFamilies({ content }: MetricsInput["report"]): Family[] {
  if (!content) return [];
  const gauge = (name: string, help: string, value: (root: EvidenceReport) => number): Family => ({
    name,
    help,
    samples: content.roots.map((root) => ({ labels: { root: root.root }, value: value(root) })),
  });
  return [
    gauge("regfsck_content_bytes", "Size of the content that can be verified.", ({ total }) => total.bytes),
    gauge(
      "regfsck_content_verified_bytes",
      "Of that, found to match its digest, by whatever run.",
      ({ verified }) => verified.bytes,
    ),
    gauge("regfsck_content_recent_bytes", "Of that, within the last 30 days.", ({ recent }) => recent.bytes),
    gauge(
      "regfsck_content_corrupt_blobs",
      "Blobs that did not match their digest when they were last read.",
      ({ corrupt }) => corrupt.blobs,
    ),
    gauge(
      "regfsck_content_oldest_timestamp_seconds",
      "When that verified blob was verified that was longest ago; 0 for none.",
      ({ oldest }) => (oldest === null ? 0 : Date.parse(oldest) / 1000),
    ),
    gauge(
      "regfsck_content_read_bytes",
      "Read by the last run to verify content, all its roots together.",
      () => content.read.bytes,
    ),
    gauge(
      "regfsck_content_read_seconds",
      "How long that took, all its roots together.",
      () => content.read.durationMs / 1000,
    ),
  ];
}

function mayBe(code: Finding["code"], severity: Severity): boolean {
  const declared = CHECKS[code].severity;
  return declared === severity || declared === "error-if-tagged";
}

function unreadablePlaces(roots: readonly RootResult[], { report }: MetricsInput): Family {
  const outside = report.unreadable.filter(({ root }) => root === "").length;
  return {
    name: "regfsck_unreadable_places",
    help: "Places in the root that the last run could not read; without a root where a root may have been missed.",
    samples: [
      ...roots.map(({ name, unread }) => ({ labels: { root: name }, value: unread })),
      ...(outside > 0 ? [{ labels: { root: "" }, value: outside }] : []),
    ],
  };
}

/** Without times that lie ahead: a clock that was wrong once must not keep a stale root from being noticed. */
function believable({ lastComplete, lastClean }: RootTimes = {}, now: number): RootTimes {
  const past = (time: number | undefined) => (time !== undefined && time <= now ? time : undefined);
  return rootTimes(past(lastComplete), past(lastClean));
}

function rootTimes(lastComplete: number | undefined, lastClean: number | undefined): RootTimes {
  return { ...(lastComplete && { lastComplete }), ...(lastClean && { lastClean }) };
}

function sample(labels: Sample["labels"], value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}
