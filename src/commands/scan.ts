// regfsck scan: what is damaged, which images that breaks, and what to do.
import { countUnreferenced } from "../checks/unreferenced-blob.ts";
import { UsageError } from "../contract/errors.ts";
import type { ScanReport, UnreadableReport } from "../contract/scan.ts";
import { type InspectedRoots, inspectAll, type Needs } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import { readState, readText } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { doubtedRoots, NO_STATE, nextState, splitState, stateText } from "../report/history.ts";
import { render, renderHtml } from "../report/index.ts";
import { parseEarlierMetrics, renderMetrics } from "../report/metrics/scan.ts";
import { findUser } from "../scan/users.ts";
import { contentReport } from "./content-report.ts";
import { failsOn } from "./exit-code.ts";
import { identitiesOf } from "./identities.ts";
import { indexFor, writeIndex } from "./index-file.ts";
import { beginRun, codeFor, endRun, orNoRoot, type Run } from "./run.ts";
import { isLoss, scanReport } from "./scan-report.ts";
import { spacesOf } from "./space.ts";
import { vanishedCauses, vanishedSince } from "./vanished.ts";
import { contentFile, contentToVerify, rememberContent } from "./verified-content.ts";

type ScanOptions = OptionsOf<"scan">;

/**
 * Scans the roots, prints the report and writes it where asked. Gives the exit code.
 * Throws a UsageError before anything is read; rejects when standard output cannot be written.
 */
export async function scan(options: ScanOptions, terminal: Terminal): Promise<number> {
  const more = { "--verify-content": contentFile(options) };
  const run = await beginRun(options, terminal, { more, hasPage: true });
  refusePartial(options);
  const last = await readState(options.state, terminal.user);
  const { asked: known, others } = typeof last === "object" ? splitState(last, run.paths) : NO_STATE;
  const index = await indexFor({ ...options, file: options.index, isWritten: true }, terminal);
  const servedBy: Needs["servedBy"] = options.asUser === undefined ? "majority" : findUser(terminal.fs, options.asUser);
  const verification = await contentToVerify(options, run);
  const forget =
    verification && terminal.beforeInterruption(() => rememberContent(options, verification, undefined, run));
  const needs = { ...options, content: verification, index, servedBy, hashConfigs: true };
  const inspected = await orNoRoot(run, inspectAll(options, needs, run), () => {
    const nothing = { inspections: [], unreadable: [] };
    return writeMetrics(options, scanReport(nothing, options, undefined, run), nothing, run);
  });
  if (typeof last === "string") run.files.fail(`--state ${last}; delete it to start afresh`);
  const doubts: UnreadableReport[] = [];
  const watched = options.state === undefined ? [] : inspected.inspections;
  const identities = identitiesOf(terminal.fs, watched, doubts);
  const doubt = (roots: ScanReport["roots"]) => {
    if (known) doubts.push(...doubtedRoots(roots, known, run.paths, identities));
    return doubts;
  };
  // Of a root that was not read completely nobody knows what is gone.
  const vanished = (unread: readonly UnreadableReport[]) => {
    if (!known) return [];
    const read = inspected.inspections.filter(({ root }) => !unread.some((place) => place.root === root.name));
    return vanishedCauses(terminal.fs, read, vanishedSince(known, read, identities), known.completedAt);
  };
  const content = verification && contentReport(verification, inspected.inspections, options.verifyContent);
  const report = scanReport(inspected, { ...options, doubt, vanished, content }, known, run);
  const hasVanished = report.causes.some(isLoss);
  for (const { root, error } of doubts) terminal.warn(`incomplete: ${root}: ${error}`);
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    page: () => renderHtml(report, spacesOf(inspected.inspections)),
    write: async () => {
      forget?.();
      if (verification) await rememberContent(options, verification, { ...inspected, ...report }, run);
      // What is not understood is not written over either.
      if (report.unreadable.length === 0 && typeof last !== "string") {
        await run.files.write("--state", options.state, () => stateText(nextState(report, known, identities, others)));
      }
      if (options.index !== undefined && report.unreadable.length === 0) {
        await writeIndex(options.index, inspected.inspections, run);
      }
      await writeMetrics(options, report, inspected, run);
    },
    code: codeFor(
      failsOn(report.summary, options.failOn) || (hasVanished && options.failOn !== "never"),
      report.unreadable,
    ),
  });
}

/** Throws a UsageError where a part of the repositories would pass for all of them. */
function refusePartial({ repositories, state, metrics, index }: ScanOptions): void {
  if (repositories.length === 0) return;
  const option =
    state !== undefined ? "--state" : metrics !== undefined ? "--metrics" : index !== undefined ? "--index" : undefined;
  if (option) throw new UsageError(`${option} is about whole roots; it does not go with --repo`);
}

async function writeMetrics(
  { metrics: file, failOn }: ScanOptions,
  report: ScanReport,
  { inspections }: InspectedRoots,
  { files, terminal }: Run,
): Promise<void> {
  if (file === undefined) return;
  const unreferenced = new Map(
    inspections
      .filter(({ context }) => context.wholeRoot)
      .map(({ root, context }) => [root.name, countUnreferenced(context)]),
  );
  const earlier = parseEarlierMetrics(await readText(file, terminal.user));
  const completedAt = terminal.now() / 1000;
  await files.writeMetrics(file, renderMetrics({ report, completedAt, failOn, unreferenced, earlier }));
}
