// The gate's decision: every reason against a garbage collection, each with the next step.
import { ELSEWHERE } from "../contract/cause.ts";
import type { FailOn } from "../contract/finding.ts";
import type { ForecastReport } from "../contract/forecast.ts";
import type { Decision } from "../contract/gate.ts";
import type { ScanReport } from "../contract/scan.ts";
import { countedTags } from "../report/counted-tags.ts";
import { harmedImages } from "../report/gc-words.ts";
import { formatList, formatNumberOf } from "../text/quantities.ts";
import { failsOn } from "./exit-code.ts";

/** What speaks of one root besides its report. */
export interface RootEvidence {
  readonly name: string;
  /** What a garbage collection would delete and that is younger than the quiet period. */
  readonly young: { readonly blobs: number; readonly revisions: number; readonly layerLinks: number };
  /** The directories that the user `collector` may not delete, relative to the root. */
  readonly refused: readonly string[];
  /** What would go and nobody may delete, relative to the root. */
  readonly immutable: readonly string[];
  /** The directories and files that that user may not read, though a garbage collection does. */
  readonly closed: readonly string[];
  readonly collector: number | undefined;
  /** How much of the store would go: of the blobs, and of their bytes. */
  readonly deletes: { readonly blobs: Share; readonly bytes: Share };
  /** Repositories of the last complete run that are gone. */
  readonly vanished: readonly string[];
}

interface Share {
  readonly part: number;
  readonly whole: number;
}

export interface Evidence {
  readonly scan: ScanReport;
  readonly forecast: ForecastReport;
  /** Severe findings of authoritative roots; damage in a cache is no reason to stop. */
  readonly authoritative: ScanReport["summary"];
  /** Uploads that were written to within the quiet period, as `root: repository`. */
  readonly uploads: readonly string[];
  readonly roots: readonly RootEvidence[];
  /** Why the last complete run cannot be known, where it cannot. */
  readonly stateError: string | undefined;
  /** The roots that are gone, or hold less than half of what they held: an unmounted volume looks empty. */
  readonly doubts: ScanReport["unreadable"];
  /** Why the registry's configuration may be about another root than was asked about. */
  readonly otherRoot?: string | undefined;
}

export interface Rules {
  readonly failOn: FailOn;
  readonly allowBroken: boolean;
  /** The largest share of a store that may go, from 0 to 1. */
  readonly maxDelete: number;
  /** In milliseconds. */
  readonly quietPeriod: number;
}

/** Each place at which a garbage collection aborts is a reason of its own, up to so many of a root. */
const MOST_ABORTS = 10;

// One is enough to wait for; many would push other reasons off the screen.
const MOST_UPLOADS = 3;

/** Go only when there is no reason against it. What is known to be bad stops; what is not known leaves it undecided. */
export function decide(evidence: Evidence, rules: Rules): { decision: Decision; reasons: string[] } {
  const stop = [...stopReasons(evidence, rules)];
  const undecided = [...undecidedReasons(evidence, rules)];
  const decision = stop.length > 0 ? "stop" : undecided.length > 0 ? "undecided" : "go";
  return { decision, reasons: [...stop, ...undecided] };
}

function* stopReasons(evidence: Evidence, rules: Rules): Generator<string> {
  const { scan, forecast, authoritative, uploads, roots } = evidence;
  for (const { code, root, message, fix } of scan.causes) {
    // What a volume that is not mounted hides is not known: that leaves the gate undecided.
    if (ELSEWHERE.has(code) && code !== "store-not-mounted") yield `${root}: ${message}; ${fix}`;
  }
  for (const root of forecast.roots) {
    const deletes = root.deletes.length > 0;
    for (const [what, phase] of [
      ["the deletes", "delete"],
      ["garbage collection", "garbage-collection"],
    ] as const) {
      const breaks = root.breaks.filter((one) => one.phase === phase).map((one) => ({ root: root.name, ...one }));
      if (breaks.length === 0) continue;
      yield `${root.name}: ${what} would break ${countedTags(breaks)}; regfsck forecast names them and what keeps them`;
    }
    for (const { image, answer } of root.deletes) {
      if (answer !== "fails-half-way") continue;
      yield `${root.name}: the delete of ${image} would fail half-way: a tag of its repository cannot be read, and the registry deletes the manifest and leaves its tags; regfsck scan names that tag`;
    }
    if (root.losesRepair.length > 0) {
      yield `${root.name}: ${deletes ? "the deletes and " : ""}garbage collection would delete more of ${harmedImages(root.losesRepair)}, parts that are still served or that a repair needs; run regfsck plan first, and repair`;
    }
    for (const { path, message } of root.aborts.slice(0, MOST_ABORTS)) {
      yield `${root.name}: garbage collection would abort at ${path}: ${message}`;
    }
    const more = root.aborts.length - MOST_ABORTS;
    if (more > 0)
      yield `${root.name}: garbage collection would abort at ${formatNumberOf(more, "place")} more; regfsck forecast lists them`;
    for (const { image, reason, message } of root.cleanUpWarnings) {
      if (reason !== "pushed-last" && reason !== "lost-signature") continue;
      yield `${root.name}: the tag clean-up would remove ${image}: ${message}; keep it, or name it with --remove-tag if it is meant`;
    }
  }
  if (!rules.allowBroken && failsOn(authoritative, rules.failOn)) {
    const errors = formatNumberOf(authoritative.error, "error");
    const broken = formatNumberOf(scan.summary.brokenTags, "broken tag");
    yield `there is damage already (${errors}, ${broken}); repair it first (regfsck scan says how), or let it pass with --allow-broken`;
  }
  for (const root of roots) {
    yield* youngReasons(root, rules);
    yield* refusedReasons(root);
  }
  for (const upload of uploads.slice(0, MOST_UPLOADS)) {
    yield `an upload is under way in ${upload}; wait until it has ended, or stop the registry first`;
  }
  const more = uploads.length - MOST_UPLOADS;
  if (more > 0) yield `${formatNumberOf(more, "more upload")} ${more === 1 ? "is" : "are"} under way`;
}

function* youngReasons({ name, young }: RootEvidence, { quietPeriod }: Rules): Generator<string> {
  const parts = [
    [young.blobs, "blob"],
    [young.revisions, "manifest"],
    [young.layerLinks, "layer link"],
  ] as const;
  const counted = parts.filter(([count]) => count > 0).map(([count, noun]) => formatNumberOf(count, noun));
  if (counted.length === 0) return;
  const one = young.blobs + young.revisions + young.layerLinks === 1;
  yield `${name}: ${formatList(counted)} that garbage collection would delete ${one ? "is" : "are"} younger than ${shortDuration(quietPeriod)}, and may belong to a push under way; wait, or stop the registry, and run the gate again`;
}

function* refusedReasons({ name, refused, immutable, closed, collector }: RootEvidence): Generator<string> {
  const then = "a garbage collection by that user would abort there (--as-user says who collects)";
  if (closed.length > 0) {
    yield `${name}: user ${collector} may not read ${formatNumberOf(closed.length, "place")}, the first ${closed[0]}; ${then}`;
  }
  if (refused.length > 0) {
    yield `${name}: user ${collector} may not delete ${formatNumberOf(refused.length, "directory", "directories")}, the first ${refused[0]}; ${then}`;
  }
  if (immutable.length > 0) {
    yield `${name}: nobody may delete ${formatNumberOf(immutable.length, "place")} that garbage collection would, the first ${immutable[0]} (Operation not permitted: lsattr -d shows an i); a garbage collection would abort there; chattr -i lets it be deleted`;
  }
}

function* undecidedReasons(evidence: Evidence, { maxDelete }: Rules): Generator<string> {
  const { scan, stateError, doubts, roots, otherRoot } = evidence;
  const [first] = scan.unreadable;
  if (first) {
    const place = [first.root, first.path].filter((part) => part !== "").join("/");
    yield `${formatNumberOf(scan.unreadable.length, "place")} could not be read for certain, the first ${place} (${first.error}); put that right and run again`;
  }
  if (stateError !== undefined) yield `the last run cannot be known: ${stateError}; delete the file to start afresh`;
  for (const { root, error } of doubts) yield `${root}: ${error}`;
  if (otherRoot !== undefined) yield otherRoot;
  for (const { name, vanished, deletes } of roots) {
    if (vanished.length > 0) {
      const some = vanished.slice(0, 3).join(", ") + (vanished.length > 3 ? ", …" : "");
      yield `${name}: ${formatNumberOf(vanished.length, "repository", "repositories")} of the last complete run ${vanished.length === 1 ? "is" : "are"} gone (${some}): is the volume mounted? If this is meant, delete the state file`;
    }
    const [blobs, bytes] = [percent(deletes.blobs), percent(deletes.bytes)];
    if (Math.max(blobs, bytes) > maxDelete * 100) {
      yield `${name}: garbage collection would delete ${floor(blobs)} % of the blobs and ${floor(bytes)} % of the bytes, more than --max-delete ${maxDelete * 100}%; regfsck forecast lists them; raise it if they are meant`;
    }
  }
}

function percent({ part, whole }: Share): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}

function floor(percent: number): number {
  return Math.floor(percent);
}

/** `1h`, `90m`: as such an option is written. */
function shortDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
