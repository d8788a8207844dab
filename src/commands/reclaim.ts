// regfsck reclaim: what can be deleted without breaking anything, how, and what a garbage collection then frees.
import { resolve } from "node:path";
import { UsageError } from "../contract/errors.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import { Bytes } from "../facts/columns.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { otherRootReason } from "../inspect/registry-root.ts";
import { sharedTags } from "../inspect/shared-tags.ts";
import { linkFile } from "../layout/paths.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { type Reclaim, reclaim as reclaimRoot } from "../registry/reclaim/reclaim.ts";
import type { LinkTime } from "../registry/reclaim/select.ts";
import { render } from "../report/index.ts";
import { type StorageFs, statPath } from "../scan/fs/storage-fs.ts";
import { imagesToRemove, removedTags } from "./clean-up.ts";
import { sharedDoubts } from "./gate-evidence.ts";
import { notingIn } from "./identities.ts";
import { writeReclaim } from "./reclaim-files.ts";
import { reasonsAgainst } from "./reclaim-refusals.ts";
import { type RootReclaim, reclaimReport } from "./reclaim-report.ts";
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
  const run = await beginRun(options, terminal, {
    "--list": files.list,
    "--script": files.script,
    "--offline-script": files.offlineScript,
    "--quarantine": files.quarantine,
  });
  const removedImages = imagesToRemove({ ...options, deleteUntagged: false });
  const needs = { tagTimes: keepTags !== undefined, everyFolder: true };
  const inspected = await inspectAll(options, needs, run);
  const cleanUps = removedTags(inspected.inspections, removedImages, keepTags);
  const unreadable = [...inspected.unreadable];
  const since = run.startedAt - options.olderThan;
  const all = inspected.inspections.map((inspection) => {
    const cleanUp = cleanUps.get(inspection)!;
    const linkTime = linkTimes(terminal.fs, inspection, unreadable);
    return { inspection, found: foundIn(inspection, { cleanUp, since, linkTime }) };
  });
  const collected = all.flatMap(({ inspection, found }) => {
    return found ? [{ inspection, forecast: { collection: found.simulation.collection } }] : [];
  });
  const doubts = [...sharedDoubts(terminal.fs, collected, unreadable), ...tagDoubts(terminal.fs, all, unreadable)];
  const otherRoot = otherRootReason(
    terminal.fs,
    options.registryConfig,
    all.map(({ inspection }) => inspection.root),
  );
  const roots = all.map((one): RootReclaim => {
    const refused = one.found === undefined ? [] : reasonsAgainst(one.inspection, one.found, unreadable, doubts);
    return { ...one, refused: [...refused, ...(one.found && otherRoot !== undefined ? [otherRoot] : [])] };
  });
  const written = await writeReclaim(roots, files, run);
  const report = reclaimReport(roots, unreadable, { ...options, files: written }, run);
  const page = { ...terminal, explain: options.explain };
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, page),
    code: codeFor(report.verdict.startsWith("findings"), report.verdict.includes("incomplete") ? [report] : []),
  });
}

/** What of a root can go; undefined for a pull-through cache. */
function foundIn(
  { root, context, hasBlobStore }: RootInspection,
  options: Parameters<typeof reclaimRoot>[2],
): Reclaim | undefined {
  if (root.kind === "cache") return undefined;
  const { rules, graph, catalogue, unexpectedInStore, pull } = context;
  return reclaimRoot({ rules, graph, catalogue, unexpectedInStore, hasBlobStore }, pull, options);
}

/** Why a delete may take a tag that it is not to take. Notes in `unreadable` what cannot be read. */
function tagDoubts(
  storageFs: StorageFs,
  roots: readonly { readonly inspection: RootInspection; readonly found: Reclaim | undefined }[],
  unreadable: UnreadableReport[],
): UnreadableReport[] {
  return roots.flatMap(({ inspection: { root, context }, found }) => {
    const going = new Bytes();
    for (const { tags } of found?.free ?? []) for (const tag of tags) going.set(tag, 1);
    const shared = sharedTags(notingIn(storageFs, root, unreadable), root.path, context.graph, going);
    return shared.map(({ path, removed }) => {
      const error = `symbolic links or mounts make ${path} part of ${removed}, which would go; give it a directory of its own`;
      return { root: root.name, path, error };
    });
  });
}

/** Looks at each link once. Notes in `unreadable` what cannot be read. */
function linkTimes(storageFs: StorageFs, { root, context }: RootInspection, unreadable: UnreadableReport[]): LinkTime {
  const fs = notingIn(storageFs, root, unreadable);
  const known = new Map<string, number | undefined>();
  return ({ name }, kind, digest) => {
    const path = linkFile(name, kind, context.graph.digests.text(digest));
    if (!known.has(path)) known.set(path, statPath(fs, `${root.path}/${path}`).stat?.mtimeMs);
    return known.get(path);
  };
}
