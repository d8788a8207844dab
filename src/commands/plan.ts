// regfsck plan: how to fix what is broken, as steps and as a script for a person to review and run.
import { resolve } from "node:path";
import { isElsewhere } from "../contract/cause.ts";
import { UsageError } from "../contract/errors.ts";
import type { RestorableReport } from "../contract/plan.ts";
import type { UnreadableReport } from "../contract/scan.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { lostManifests } from "../inspect/lost-manifests.ts";
import { StoredImages } from "../inspect/stored-images.ts";
import { parseDigest } from "../layout/digest.ts";
import { blobData } from "../layout/paths.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { type Plan, planAll } from "../recovery/plan.ts";
import { renderScript, type ScriptRoot } from "../recovery/script.ts";
import { isScripted } from "../recovery/steps.ts";
import { render } from "../report/index.ts";
import { hashFile } from "../scan/content/hash-file.ts";
import { noting } from "../scan/fs/noting-fs.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { statBlob } from "../scan/read-blobs.ts";
import { aliasesIn, entriesOf } from "../scan/storage-entries.ts";
import { contentReport } from "./content-report.ts";
import { notingIn } from "./identities.ts";
import { indexFor } from "./index-file.ts";
import { planReport } from "./plan-report.ts";
import { parseRestoreName, restoresIn, type StoredRoot } from "./restores.ts";
import { beginRun, codeFor, endRun, type Run } from "./run.ts";
import { knownContent, knownHistory } from "./verified-content.ts";

/**
 * Plans, prints the plan, and writes the script where asked. Gives the exit code: 4 when there is something to fix.
 * Throws a UsageError before any root is read. Nothing of the script is run.
 */
export async function plan(options: OptionsOf<"plan">, terminal: Terminal): Promise<number> {
  if (options.quarantine !== undefined && options.script === undefined) {
    throw new UsageError("--quarantine is where a script moves things: it takes --script");
  }
  const names = options.restores.map(parseRestoreName);
  const script = options.script === undefined ? undefined : resolve(options.script);
  const quarantine = options.quarantine === undefined ? script && `${script}.quarantine` : resolve(options.quarantine);
  const run = await beginRun(options, terminal, { more: { "--script": options.script, "--quarantine": quarantine } });
  const { verifyContent } = options;
  const content = knownContent(await knownHistory(options, terminal), options, run);
  const index = await indexFor({ ...options, file: options.readIndex }, terminal);
  const needs = { ...options, content, index, hashConfigs: true, tagHistory: true, folders: "every" } as const;
  const inspected = await inspectAll(options, needs, run);
  const roots = inspected.inspections.map(({ root }) => root);
  // Where nothing is found nothing is done, and no link in the way.
  const isHealthy = names.length === 0 && inspected.inspections.every(({ findings }) => findings.isEmpty);
  const unseen: UnreadableReport[] = [];
  const fs = noting(terminal.fs, (path, error) => {
    const { name = "", path: root } = roots.find((root) => path.startsWith(`${root.path}/`)) ?? { path: "" };
    unseen.push({ root: name, path: root === "" ? path : path.slice(root.length + 1), error });
  });
  const aliases = isHealthy ? undefined : await aliasesIn(fs, roots);
  const entries = entriesOf(fs, roots, aliases);
  const unopened: UnreadableReport[] = [];
  const stored = inspected.inspections.map((inspection) => {
    const fs = notingIn(terminal.fs, inspection.root, unopened);
    return { inspection, fs, stored: new StoredImages(fs, inspection.root.path, inspection.context.graph) };
  });
  const restores = restoresIn(stored, names);
  const planned = await planAll(
    inspected.inspections.map((inspection, index) => ({
      entries: entries[index]!,
      context: inspection.context,
      findings: inspection.findings,
      forbidsRepair: isElsewhere(inspection.causes),
      restores: restores[index]!,
      isIntact: intactness(terminal.fs, inspection),
    })),
  );
  const scriptRoots = roots.map((root, index) => ({ ...root, entries: entries[index]! }));
  // What lies where nobody could look may be a link, by which a step would act on something else.
  const isSeen = unseen.length === 0;
  const written =
    script !== undefined && isSeen
      ? await writeScript(script, { roots: scriptRoots, steps: planned.steps, quarantine: quarantine! }, run)
      : undefined;
  for (const { root, path, error } of unseen.slice(0, 1)) terminal.warn(`incomplete: ${root}/${path}: ${error}`);
  const restorable: RestorableReport[] = [];
  for (const root of stored) restorable.push(await restorableIn(root));
  const unreadable = [...inspected.unreadable, ...unseen, ...unopened];
  const files = { script: written, quarantine };
  const evidence = content && contentReport(content, inspected.inspections, verifyContent);
  const report = planReport(
    { ...inspected, unreadable },
    planned,
    { verifyContent, content: evidence, restorable, ...files },
    run,
  );
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    code: codeFor(report.verdict.startsWith("findings"), report.unreadable),
  });
}

/** What no tag leads to, and is complete in the store. Of a root whose store is elsewhere nothing is known. */
async function restorableIn({ inspection, fs, stored }: StoredRoot): Promise<RestorableReport> {
  const { root, causes, context } = inspection;
  if (isElsewhere(causes) || root.kind === "cache") return { root: root.name, count: 0, manifests: [] };
  const { count, newest } = await lostManifests(fs, root.path, context.graph, context.pull, stored);
  const manifests = newest.map((lost) => ({ ...lost, modified: new Date(lost.modified).toISOString() }));
  return { root: root.name, count, manifests };
}

interface Scripted {
  readonly roots: readonly ScriptRoot[];
  readonly steps: Plan["steps"];
  readonly quarantine: string;
}

/** Gives the script's path, where it is written: not where there is nothing that it could do. */
async function writeScript(script: string, plan: Scripted, { files, options, terminal }: Run) {
  if (!plan.steps.some(isScripted)) {
    terminal.warn(`--script ${script} is not written: there is nothing that it could do`);
    return undefined;
  }
  const text = () => renderScript({ version: terminal.version, ...plan });
  // A dry run tells of the script that it would have written.
  return (await files.write("--script", script, text, { mode: 0o777 })) || options.dryRun ? script : undefined;
}

/** Hashes single blobs of a root, each once. */
function intactness(storageFs: StorageFs, { root }: RootInspection): (digest: string) => boolean | undefined {
  const known = new Map<string, boolean | undefined>();
  return (digest) => {
    if (known.has(digest)) return known.get(digest);
    const parsed = parseDigest(digest);
    const path = `${root.path}/${blobData(digest)}`;
    const hashed = parsed && hashFile(storageFs, path, parsed.algorithm, statBlob(storageFs, path).size);
    const intact = hashed?.hex === undefined ? undefined : hashed.hex === parsed?.hex;
    known.set(digest, intact);
    return intact;
  };
}
