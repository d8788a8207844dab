// regfsck gate: scan and forecast of one reading of the disk, as one decision for cron.
import type { Asked, Decision, GateReport } from "../contract/gate.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import { otherRootReason } from "../inspect/registry-root.ts";
import type { OptionsOf } from "../options.ts";
import { readState, readText } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { doubtedRoots, NO_STATE, nextState, splitState, stateText } from "../report/history.ts";
import { render, renderHtml } from "../report/index.ts";
import { type GateMetricsInput, parseEarlierGateMetrics, renderGateMetrics } from "../report/metrics/gate.ts";
import { findUser } from "../scan/users.ts";
import { type CleanUpNames, cleanUpNames, sortedNames } from "./clean-up.ts";
import { contentReport } from "./content-report.ts";
import { decide } from "./decide.ts";
import { EXIT } from "./exit-code.ts";
import { collectionNeeds, forecastReport, forecastRoots } from "./forecast-report.ts";
import {
  authoritativeSummary,
  cleanUpDoubts,
  recentUploads,
  rootEvidence,
  sharedDoubts,
  unverifiedWarnings,
} from "./gate-evidence.ts";
import { identitiesOf } from "./identities.ts";
import { indexFor, refuseUntrusted } from "./index-file.ts";
import { beginRun, endRun, orNoRoot, type Run, reportHead } from "./run.ts";
import { scanReport } from "./scan-report.ts";
import { spacesOf } from "./space.ts";
import { vanishedCauses, vanishedSince } from "./vanished.ts";
import { knownContent, knownHistory } from "./verified-content.ts";

type GateOptions = OptionsOf<"gate">;

export const GATE_EXIT: Record<Decision, number> = { go: EXIT.clean, stop: EXIT.findings, undecided: EXIT.incomplete };

/** Decides and prints. Gives the exit code: 0 go, 4 stop, 8 undecided. */
export async function gate(options: GateOptions, terminal: Terminal): Promise<number> {
  refuseUntrusted(options.readIndex, options.trustIndex);
  const run = await beginRun(options, terminal, { hasPage: true });
  const names = cleanUpNames(options);
  const collector = options.asCollector === undefined ? undefined : findUser(terminal.fs, options.asCollector);
  const last = await readState(options.state, terminal.user);
  const index = await indexFor({ ...options, file: options.readIndex }, terminal);
  const { jobs } = options;
  // Whoever gives gates the state file of the scans has what these verified beside it.
  const scanState = options.scanState ?? options.state;
  const history = await knownHistory({ ...options, scanState }, terminal);
  const content = knownContent(history, { verifyContent: false, jobs }, run);
  const fingerprint = options.report !== undefined || options.format !== "text";
  const inspected = await orNoRoot(
    run,
    inspectAll(
      options,
      { ...collectionNeeds(options), content, index, servedBy: collector ?? "majority", fingerprint },
      run,
    ),
    () => {
      const nothing = { tool: { name: "regfsck", version: terminal.version }, durationMs: 0, forecast: { roots: [] } };
      return writeMetrics(options, { ...nothing, decision: "undecided" }, run);
    },
  );
  const { asked: remembered, others } = typeof last === "object" ? splitState(last, run.paths) : NO_STATE;
  const reported = { ...options, repositories: [] };
  const foretold = await forecastRoots(inspected.inspections, names, reported);
  const { forecasts } = foretold;
  const way = options.deleteUntagged ? "tagged" : "all";
  const marked = new Map(
    forecasts.map(({ inspection, forecast }) => [inspection.root.path, { [way]: forecast.collection.marked }]),
  );
  const since = run.startedAt - options.quietPeriod;
  const unreadable = [...inspected.unreadable];
  const identities = identitiesOf(terminal.fs, inspected.inspections, unreadable, marked);
  const vanished = vanishedSince(remembered, inspected.inspections, identities);
  const roots = await rootEvidence(terminal.fs, forecasts, vanished, { ...options, since, collector }, unreadable);
  const shared = [
    ...sharedDoubts(terminal.fs, forecasts, unreadable),
    ...cleanUpDoubts(terminal.fs, forecasts, unreadable),
  ];
  // Whoever removed them had reasons; but they can be restored until this garbage collection, so they are named.
  const causesOfLoss = (unread: GateReport["scan"]["unreadable"]) => {
    const read = inspected.inspections.filter(({ root }) => !unread.some((place) => place.root === root.name));
    return remembered ? vanishedCauses(terminal.fs, read, vanished, remembered.completedAt) : [];
  };
  const verified = content && contentReport(content, inspected.inspections, false);
  const scan = scanReport(
    { ...inspected, unreadable },
    { ...options, vanished: causesOfLoss, content: verified },
    remembered,
    run,
  );
  const forecast = forecastReport(foretold, unreadable, reported, run);
  const evidence = {
    scan,
    forecast,
    authoritative: authoritativeSummary(scan),
    uploads: recentUploads(forecasts, since),
    roots,
    stateError: typeof last === "string" ? last : undefined,
    doubts: [...shared, ...(remembered ? doubtedRoots(scan.roots, remembered, run.paths, identities) : [])],
    otherRoot: otherRootReason(terminal.fs, options.registryConfig, scan.roots),
  };
  const decided = decide(evidence, options);
  const report: GateReport = {
    ...reportHead("gate", run),
    verdict: scan.verdict,
    asked: askedOf(options, names),
    ...decided,
    warnings: content ? unverifiedWarnings(content, forecasts) : [],
    fingerprints: inspected.inspections.flatMap(({ root, fingerprint }) =>
      fingerprint === undefined ? [] : [{ root: root.name, path: root.path, sha256: fingerprint }],
    ),
    scan,
    forecast,
  };
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    page: () => renderHtml(report, spacesOf(inspected.inspections)),
    write: async () => {
      // Only what was read in full and believed is remembered.
      if (decided.decision !== "undecided" && scan.unreadable.length === 0 && evidence.doubts.length === 0) {
        await run.files.write("--state", options.state, () =>
          stateText(nextState(scan, remembered, identities, others)),
        );
      }
      await writeMetrics(options, { ...report, decision: settled(decided.decision, run.files.complete) }, run);
    },
    code: (filesComplete) => GATE_EXIT[settled(decided.decision, filesComplete)],
  });
}

/** There is no go where a result could not be written. */
function settled(decision: Decision, filesComplete: boolean): Decision {
  return decision === "go" && !filesComplete ? "undecided" : decision;
}

/** What the options ask about, as a recheck compares it. */
function askedOf(
  { deleteUntagged, keepTags, quietPeriod, maxDelete, allowBroken }: GateOptions,
  { deletes, removals }: CleanUpNames,
): Asked {
  return {
    deleteUntagged,
    keepTags: keepTags ?? null,
    removeTags: sortedNames(removals),
    deletes: sortedNames(deletes),
    quietPeriodMs: quietPeriod,
    maxDelete,
    allowBroken,
  };
}

async function writeMetrics(
  { metrics: file }: GateOptions,
  report: GateMetricsInput["report"],
  { files, terminal }: Run,
): Promise<void> {
  if (file === undefined) return;
  const earlier = parseEarlierGateMetrics(await readText(file, terminal.user));
  const completedAt = terminal.now() / 1000;
  await files.writeMetrics(file, renderGateMetrics({ report, completedAt, earlier }));
}
