// The gate's decision: every reason against a collection, each with the next step.
import type { FailOn } from "../contract/finding.ts";
import type { ForecastReport } from "../contract/forecast.ts";
import type { Decision } from "../contract/gate.ts";
import type { ScanReport } from "../contract/scan.ts";
import { formatNumberOf } from "../text/quantities.ts";
import { failsOn } from "./exit-code.ts";

export interface Evidence {
  readonly scan: ScanReport;
  readonly forecast: ForecastReport;
  /** Severe findings of authoritative roots; damage in a cache is no reason to stop. */
  readonly authoritative: ScanReport["summary"];
  /** Uploads that were written to within the quiet period, as `root: repository`. */
  readonly uploads: readonly string[];
  /** Why the last complete run cannot be told, where it cannot. */
  readonly stateError: string | undefined;
  /** The roots that are gone, or hold less than half of what they held: an unmounted volume looks empty. */
  readonly doubts: ScanReport["unreadable"];
}

export interface Rules {
  readonly failOn: FailOn;
  readonly allowBroken: boolean;
}

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
      yield `${root.name}: the collection would break ${formatNumberOf(root.breaks.length, "image")}; regfsck forecast names them and what keeps them`;
    }
    for (const { path, message } of root.aborts)
      yield `${root.name}: the collection would abort at ${path}: ${message}`;
  }
  if (!rules.allowBroken && failsOn(authoritative, rules.failOn)) {
    const errors = formatNumberOf(authoritative.error, "error");
    const broken = formatNumberOf(scan.summary.brokenTags, "broken image");
    yield `there is damage already (${errors}, ${broken}); mend it first (regfsck scan says how), or let it pass with --allow-broken`;
  }
  for (const upload of uploads) {
    yield `an upload is under way in ${upload}; wait until it has ended, or stop the registry first`;
  }
}

function* undecidedReasons({ scan, stateError, doubts }: Evidence): Generator<string> {
  const [first] = scan.unreadable;
  if (first) {
    const place = [first.root, first.path].filter((part) => part !== "").join("/");
    yield `${formatNumberOf(scan.unreadable.length, "place")} could not be read, the first ${place} (${first.error}); mend that and run again`;
  }
  if (stateError !== undefined) yield `the last run cannot be told: ${stateError}; delete the file to start afresh`;
  for (const { root, error } of doubts) yield `${root}: ${error}`;
}
