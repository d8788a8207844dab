// A probe as metrics, for node_exporter's textfile collector or a push gateway. None has the name of a scan's metric: both
// may be written about one registry, and what each sees is another thing.
import { CHECKS } from "../../checks/index.ts";
import { FINDING_CODES, SEVERITIES } from "../../contract/finding.ts";
import type { ProbeReport } from "../../contract/probe.ts";
import { type Family, renderFamilies, type Sample, valuesByRoot } from "./exposition.ts";

export interface ProbeMetricsInput {
  readonly report: Pick<ProbeReport, "tool" | "durationMs" | "roots" | "brokenTags" | "findings" | "unreadable">;
  /** Seconds since 1970. */
  readonly completedAt: number;
  /** Whether anything that was found makes the exit code 4. */
  readonly fails: boolean;
  /** Whether the registry listed its repositories and their tags. */
  readonly isListed: boolean;
  /** When the tag was checked that was not checked for longest (seconds since 1970); undefined where one never was. */
  readonly oldestCheck: number | undefined;
  /** What the file said before of this registry; empty for none. */
  readonly earlier: ReadonlyMap<string, ProbeTimes>;
}

/** In seconds since 1970; 0 where it never was. */
export interface ProbeTimes {
  readonly lastComplete: number;
  readonly lastClean: number;
}

const LAST_COMPLETE = "regfsck_probe_last_complete_timestamp_seconds";
const LAST_CLEAN = "regfsck_probe_last_clean_timestamp_seconds";

/** The text of a .prom file about this probe. */
export function renderProbeMetrics(input: ProbeMetricsInput): string {
  const { report, completedAt, fails, isListed, oldestCheck, earlier } = input;
  const { name: root, counts } = report.roots[0]!;
  const isComplete = report.unreadable.length === 0;
  const before = earlier.get(root);
  // A clock that was wrong once must not keep a stale registry from being noticed.
  const past = (time = 0) => (time <= completedAt ? time : 0);
  const gauge = (name: string, help: string, value: number | undefined): Family => ({
    name,
    help,
    samples: value === undefined ? [] : [{ labels: { root }, value }],
  });
  return renderFamilies([
    gauge(
      "regfsck_probe_complete",
      "Whether the registry answered about everything that was asked (1) or not (0).",
      isComplete ? 1 : 0,
    ),
    gauge(
      "regfsck_probe_catalog_accessible",
      "Whether the registry listed all repositories and tags (1) or not (0).",
      isListed ? 1 : 0,
    ),
    gauge("regfsck_probe_unreadable_places", "What the registry gave no answer about.", report.unreadable.length),
    gauge(
      "regfsck_probe_broken_tags",
      "Tags whose image cannot be pulled completely, of those that were checked.",
      isListed ? report.brokenTags.length : undefined,
    ),
    { ...findingsByCode(report, root), ...(!isListed && { samples: [] }) },
    gauge(
      "regfsck_probe_accepted_findings",
      "Findings that the configuration accepts.",
      isListed ? report.findings.filter(({ accepted }) => accepted).length : undefined,
    ),
    gauge(
      "regfsck_probe_repositories",
      "Repositories that the registry lists.",
      isListed ? counts.repositories : undefined,
    ),
    gauge("regfsck_probe_tags", "Tags that the registry lists.", isListed ? counts.tags : undefined),
    gauge("regfsck_probe_checked_tags", "Tags that the last run checked.", counts.checked),
    gauge("regfsck_probe_requests", "Requests of the last run.", counts.requests),
    gauge("regfsck_probe_run_duration_seconds", "How long the last run took.", report.durationMs / 1000),
    gauge("regfsck_probe_last_run_timestamp_seconds", "When the last run ended.", completedAt),
    gauge(
      "regfsck_probe_oldest_check_timestamp_seconds",
      "When the tag was checked that was not checked for longest; 0 where one never was.",
      oldestCheck ?? 0,
    ),
    gauge(
      LAST_COMPLETE,
      "When a run last got an answer about everything that it asked; 0 for never.",
      isComplete ? completedAt : past(before?.lastComplete),
    ),
    gauge(
      LAST_CLEAN,
      "When such a run last found nothing that fails it; 0 for never.",
      isComplete && !fails ? completedAt : past(before?.lastClean),
    ),
    {
      name: "regfsck_build_info",
      help: "Always 1; the version of regfsck that wrote this.",
      samples: [{ labels: { command: "probe", root, version: report.tool.version }, value: 1 }],
    },
  ]);
}

/** The codes that a probe can find, each at all times. */
const PROBED = FINDING_CODES.slice(0, FINDING_CODES.indexOf("malformed-link") + 1);

function findingsByCode({ findings }: ProbeMetricsInput["report"], root: string): Family {
  const samples = PROBED.flatMap((code) =>
    SEVERITIES.flatMap((severity): Sample[] => {
      const value = findings.filter((one) => one.code === code && one.severity === severity && !one.accepted).length;
      const declared = CHECKS[code].severity;
      const mayBe = declared === severity || (declared === "error-if-tagged" && severity !== "info");
      return value > 0 || mayBe ? [{ labels: { root, code, severity }, value }] : [];
    }),
  );
  return { name: "regfsck_probe_findings", help: "Findings by code and severity, without accepted ones.", samples };
}

/** What an earlier file of `renderProbeMetrics` said, for `earlier`. Reads any text; what is not ours is passed over. */
export function parseEarlierProbeMetrics(text: string): ReadonlyMap<string, ProbeTimes> {
  const complete = valuesByRoot(text, LAST_COMPLETE);
  const clean = valuesByRoot(text, LAST_CLEAN);
  return new Map(
    [...complete].map(([root, lastComplete]) => [root, { lastComplete, lastClean: clean.get(root) ?? 0 }]),
  );
}
