// regfsck forecast: what the tag clean-up and the garbage collection of tonight would delete, and which images that breaks.
import type { UnreadableReport } from "../contract/scan.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { type OptionsOf, RECLAIM_AGE } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { render, renderHtml } from "../report/index.ts";
import { cleanUpNames } from "./clean-up.ts";
import { collectionNeeds, type Forecasts, forecastReport, forecastRoots, type Reclaimable } from "./forecast-report.ts";
import { indexFor } from "./index-file.ts";
import { reclaimRoots } from "./reclaim-roots.ts";
import { beginRun, codeFor, endRun, type Run } from "./run.ts";
import { spacesOf } from "./space.ts";

/** Forecasts and prints. Gives the exit code: 4 when a tag would break or the garbage collection would abort. */
export async function forecast(options: OptionsOf<"forecast">, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal, { hasPage: true });
  const names = cleanUpNames(options);
  const index = await indexFor({ ...options, file: options.readIndex }, terminal);
  const inspected = await inspectAll(options, { ...collectionNeeds(options), index }, run);
  const foretold = await forecastRoots(inspected.inspections, names, options);
  const reclaimable = reclaimableOf(foretold, options, run, inspected.unreadable);
  const report = forecastReport({ ...foretold, reclaimable }, inspected.unreadable, options, run);
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    page: () => renderHtml(report, spacesOf(inspected.inspections)),
    code: codeFor(report.verdict.startsWith("findings"), report.unreadable),
  });
}

/** Of each root of which garbage collection frees nothing: what `regfsck reclaim` would delete with these options, and free. */
function reclaimableOf(
  { forecasts }: Forecasts,
  { registryConfig, keepTags }: OptionsOf<"forecast">,
  { startedAt, terminal }: Run,
  unreadable: readonly UnreadableReport[],
): Map<RootInspection, Reclaimable> {
  const idle = forecasts.filter(({ cleanUp, forecast: { collection } }) => {
    return cleanUp.deletes === undefined && collection.aborts.length === 0 && collection.deletedBytes === 0;
  });
  if (idle.length === 0) return new Map();
  // Reclaim has a way of its own to count the newest.
  const cleanUps = idle.map(({ inspection, cleanUp }) => {
    return [inspection, { ...cleanUp, removedTags: cleanUp.namedTags }] as const;
  });
  const settings = { since: startedAt - RECLAIM_AGE, registryConfig, keepTags };
  const found = reclaimRoots(terminal.fs, cleanUps, settings, [...unreadable]);
  return new Map(
    found.flatMap(({ inspection, found, refused }) => {
      if (!found || refused.length > 0 || found.free.length === 0) return [];
      const freedBytes = found.simulation.collection.deletedBytes;
      return [[inspection, { manifests: found.free.length, freedBytes }] as const];
    }),
  );
}
