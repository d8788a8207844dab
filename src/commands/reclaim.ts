// regfsck reclaim: what can be deleted without breaking anything, how, and what a garbage collection then frees.
import { resolve } from "node:path";
import { UsageError } from "../contract/errors.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { render } from "../report/index.ts";
import { cleanUpNames, cleanUpRoots } from "./clean-up.ts";
import { writeReclaim } from "./reclaim-files.ts";
import { reclaimReport } from "./reclaim-report.ts";
import { reclaimRoots } from "./reclaim-roots.ts";
import { beginRun, codeFor, endRun } from "./run.ts";

type ReclaimOptions = OptionsOf<"reclaim">;

/** Finds, prints, and writes the list and the scripts. Gives the exit code: 4 when there is something to delete. */
export async function reclaim(options: ReclaimOptions, terminal: Terminal): Promise<number> {
  const { list, deleteScript, offlineScript, offlineQuarantine, keepTags } = options;
  if (offlineQuarantine !== undefined && offlineScript === undefined) {
    throw new UsageError("--quarantine is where the offline script moves things: it takes --offline-script");
  }
  const files = {
    list: list && resolve(list),
    script: deleteScript && resolve(deleteScript),
    offlineScript: offlineScript && resolve(offlineScript),
    quarantine: offlineQuarantine
      ? resolve(offlineQuarantine)
      : offlineScript && `${resolve(offlineScript)}.quarantine`,
  };
  const more = {
    "--list": files.list,
    "--script": files.script,
    "--offline-script": files.offlineScript,
    "--quarantine": files.quarantine,
  };
  const run = await beginRun(options, terminal, { more });
  const names = cleanUpNames({ ...options, deleteUntagged: false, deletes: [], deletesFrom: undefined });
  const needs = { tagTimes: keepTags !== undefined, folders: "every" } as const;
  const inspected = await inspectAll(options, needs, run);
  const { byRoot, notFound } = cleanUpRoots(inspected.inspections, names, undefined);
  const unreadable = [...inspected.unreadable];
  const settings = { since: run.startedAt - options.olderThan, registryConfig: options.registryConfig, keepTags };
  const roots = reclaimRoots(terminal.fs, [...byRoot], settings, unreadable);
  const written = await writeReclaim(roots, files, run);
  const report = reclaimReport({ roots, notFound }, unreadable, { ...options, files: written }, run);
  const page = { ...terminal, explain: options.explain };
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, page),
    code: codeFor(report.verdict.startsWith("findings"), report.verdict.includes("incomplete") ? [report] : []),
  });
}
