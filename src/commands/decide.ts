// The gate's decision: every reason against a collection, each with the next step.
import type { FailOn } from "../config/scan-options.ts";
import type { State } from "../config/state-file.ts";
import type { Decision, ForecastReport } from "../report/forecast-report.ts";
import type { ScanReport } from "../report/report.ts";
import { failsOn } from "./fail-on.ts";

export interface Evidence {
  readonly scan: ScanReport;
  readonly forecast: ForecastReport;
  /** Severe findings of authoritative roots; damage in a cache is no reason to stop. */
  readonly authoritative: ScanReport["summary"];
  /** Uploads that were written to within the quiet period, as `root: repository`. */
  readonly uploads: readonly string[];
  /** The last complete run; undefined where there is none, an error's text where it cannot be told. */
  readonly last: State | string | undefined;
}

export interface Rules {
  readonly failOn: FailOn;
  readonly allowBroken: boolean;
}

/** Less than this share of what the last run counted is not believed: an unmounted volume looks empty. */
const BELIEVABLE = 0.5;

/** Go only when there is no reason against it. What is known to be bad stops; what is not known leaves it undecided. */
export function decide(evidence: Evidence, rules: Rules): { decision: Decision; reasons: string[] } {
  const stop = [...stopReasons(evidence, rules)];
  const undecided = [...undecidedReasons(evidence)];
  const decision = stop.length > 0 ? "stop" : undecided.length > 0 ? "undecided" : "go";
  return { decision, reasons: [...stop, ...undecided] };
}

function* stopReasons({ scan, forecast, authoritative, uploads }: Evidence, rules: Rules): Generator<string> {
  for (const root of forecast.roots) {
    if (root.breaks.length > 0) {
      yield `${root.name}: the collection would break ${images(root.breaks.length)}; regfsck forecast names them and what keeps them`;
    }
    if (root.abort) yield `${root.name}: the collection would abort at ${root.abort.path}: ${root.abort.message}`;
  }
  if (!rules.allowBroken && failsOn(authoritative, rules.failOn)) {
    const broken = scan.summary.brokenTags;
    yield `there is damage already (${authoritative.error} errors, ${images(broken)} broken); mend it first (regfsck scan says how), or let it pass with --allow-broken`;
  }
  for (const upload of uploads) {
    yield `an upload is under way in ${upload}; wait until it has ended, or stop the registry first`;
  }
}

function* undecidedReasons({ scan, forecast, last }: Evidence): Generator<string> {
  if (scan.unreadable.length > 0) {
    const first = scan.unreadable[0]!;
    yield `${scan.unreadable.length} places could not be read, the first ${first.root}/${first.path} (${first.error}); mend that and run again`;
  }
  if (typeof last === "string") yield `the last run's state cannot be told: ${last}; delete the file to start afresh`;
  if (typeof last !== "object") return;
  for (const { name, path, counts } of scan.roots) {
    const before = last.roots.find((root) => root.path === path);
    if (!before) continue;
    const marked = forecast.roots.find((root) => root.path === path)?.marked ?? 0;
    const now = { repositories: counts.repositories, blobs: counts.blobs, marked };
    for (const what of ["repositories", "blobs", "marked"] as const) {
      if (now[what] >= before[what] * BELIEVABLE) continue;
      const label = what === "marked" ? "blobs that collection keeps" : what;
      yield `${name}: ${now[what]} ${label} where there were ${before[what]} on ${last.completedAt}; is the volume mounted? If this is meant, delete the state file`;
    }
  }
}

function images(count: number): string {
  return count === 1 ? "1 image" : `${count} images`;
}
