// What reclaim leaves behind for others: the list, the script that deletes over HTTP, and the one for a stopped registry.
import { UsageError } from "../contract/errors.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { isTagName } from "../layout/names.ts";
import { linkFile, repositoryFolder, tagFolder } from "../layout/paths.ts";
import { type RepositoryDeletes, renderDeleteScript } from "../recovery/delete-script.ts";
import { renderScript } from "../recovery/script.ts";
import { obstacleAt } from "../recovery/step-list.ts";
import type { UnneededStep } from "../recovery/steps.ts";
import type { Reclaim } from "../registry/reclaim/reclaim.ts";
import type { FreeRevision } from "../registry/reclaim/select.ts";
import { aliasesIn, entriesOf } from "../scan/storage-entries.ts";
import type { ReclaimReportOptions, RootReclaim } from "./reclaim-report.ts";
import type { Run } from "./run.ts";

type Files = ReclaimReportOptions["files"];

/** Writes what was asked for; gives what is written. Throws a UsageError where that would be about several registries. */
export async function writeReclaim(roots: readonly RootReclaim[], files: Files, run: Run): Promise<Files> {
  const asked = Object.entries({
    "--list": files.list,
    "--script": files.script,
    "--offline-script": files.offlineScript,
  });
  const given = asked.flatMap(([option, file]) => (file === undefined ? [] : [[option, file] as const]));
  const nothing = { list: undefined, script: undefined, offlineScript: undefined, quarantine: undefined };
  if (given.length === 0) return nothing;
  const own = roots.filter(({ found }) => found !== undefined);
  if (own.length > 1) {
    const names = own.map(({ inspection }) => inspection.root.name).join(", ");
    throw new UsageError(`${given[0]![0]} is about one registry: give one of the roots ${names}`);
  }
  const [root] = own;
  if (root?.found === undefined || root.refused.length > 0 || root.found.free.length === 0) {
    const why = root === undefined || root.refused.length === 0 ? "there is nothing to delete" : "nothing is certain";
    for (const [option, file] of given) run.terminal.warn(`${option} ${file} is not written: ${why}`);
    return nothing;
  }
  const { inspection, found } = root;
  const write = async (option: string, file: string | undefined, text: () => Iterable<string>, mode?: number) => {
    const written = await run.files.write(option, file, text, mode === undefined ? undefined : { mode });
    // A dry run tells of what it would have written.
    return written || run.options.dryRun ? file : undefined;
  };
  return {
    list: await write("--list", files.list, () => listOf(inspection, found)),
    script: await write("--script", files.script, () => deleteScriptOf(inspection, found, run), 0o777),
    offlineScript: files.offlineScript && (await writeOffline(inspection, found, files, run, write)),
    quarantine: files.quarantine,
  };
}

function* listOf({ context: { graph } }: RootInspection, { free }: Reclaim): Generator<string> {
  for (const { repository, digest } of free) yield `${repository.name}@${graph.digests.text(digest)}\n`;
}

function deleteScriptOf({ root, context: { graph } }: RootInspection, found: Reclaim, { startedAt, terminal }: Run) {
  return renderDeleteScript({
    version: terminal.version,
    ...root,
    planned: startedAt,
    freedBytes: found.simulation.collection.deletedBytes,
    repositories: deletesOf(graph, found),
  });
}

function* deletesOf(graph: RootGraph, { free, freeBytes }: Reclaim): Generator<RepositoryDeletes> {
  const { digests, tags } = graph;
  for (let first = 0; first < free.length; ) {
    const { repository } = free[first]!;
    let end = first;
    while (free[end]?.repository === repository) end++;
    const askable = [...repository.tags].filter((tag) => tags.target(tag) >= 0 && isTagName(tags.name(tag)));
    const begin = first;
    yield {
      name: repository.name,
      tags: askable.map((tag) => ({ name: tags.name(tag), digest: digests.text(tags.target(tag)) })),
      manifests: free.slice(first, end).map((one, at) => ({
        digest: digests.text(one.digest),
        bytes: freeBytes[begin + at]!,
        tags: one.tags.map((tag) => tags.name(tag)),
      })),
    };
    first = end;
  }
}

type Write = (
  option: string,
  file: string | undefined,
  text: () => Iterable<string>,
  mode: number,
) => Promise<string | undefined>;

async function writeOffline(
  { root, context: { graph } }: RootInspection,
  { free }: Reclaim,
  files: Files,
  { startedAt, terminal, files: results }: Run,
  write: Write,
): Promise<string | undefined> {
  const entries = entriesOf(terminal.fs, [root], await aliasesIn(terminal.fs, [root]))[0]!;
  // The clock by which the system dates files may lag behind by some milliseconds.
  const since = Math.floor(startedAt / 1000) - 1;
  const steps = free.flatMap((one) => offlineSteps(root.name, graph, one, since));
  const blocked = steps.find(({ path }) => obstacleAt(entries, path) !== undefined);
  if (blocked !== undefined) {
    results.fail(
      `--offline-script ${files.offlineScript} is not written: a symbolic link is at or leads to ${blocked.path}, and it follows none`,
    );
    return undefined;
  }
  const script = {
    version: terminal.version,
    roots: [{ ...root, entries }],
    steps,
    quarantine: files.quarantine!,
    purpose: "Moves away what keeps blobs that no tag needs",
  };
  return write("--offline-script", files.offlineScript, () => renderScript(script), 0o777);
}

/** What a delete over HTTP takes: the revision link, the layer link of the same digest, the tags that name it. */
function offlineSteps(root: string, graph: RootGraph, one: FreeRevision, since: number): UnneededStep[] {
  const { name } = one.repository;
  const digest = graph.digests.text(one.digest);
  const shared = { kind: "unneeded", root, beside: `${repositoryFolder(name)}/_manifests`, since } as const;
  const revision = {
    ...shared,
    path: linkFile(name, "revision", digest),
    content: digest,
    message: "move the revision link away: no tag needs it",
  };
  const tags = one.tags.map((tag) => ({
    ...shared,
    path: tagFolder(name, graph.tags.name(tag)),
    content: "",
    message: "move the tag away, as the clean-up would",
  }));
  if (one.layerLink < 0) return [...tags, revision];
  const layer = graph.layerLinks.target(one.layerLink);
  const content = layer < 0 ? "" : graph.digests.text(layer);
  const message = "move the layer link of the same digest away: nothing needs it";
  return [...tags, revision, { ...shared, path: linkFile(name, "layer", digest), content, message }];
}
