// regfsck plan: how to mend what is broken, as steps and as a script for a person to review and run.
import { resolve } from "node:path";
import type { PlanOptions } from "../config/plan-options.ts";
import { UsageError } from "../contract/errors.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { RootInspection } from "../inspect/inspect-root.ts";
import { parseDigest } from "../layout/digest.ts";
import { blobData } from "../layout/paths.ts";
import { print, ResultFiles } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { planAll } from "../recovery/plan.ts";
import { renderScript } from "../recovery/script.ts";
import { isScripted } from "../recovery/steps.ts";
import { render } from "../report/index.ts";
import type { StorageFs } from "../scan/fs/storage-fs.ts";
import { hashFile, statBlob } from "../scan/read-blobs.ts";
import { exitCode } from "./exit-code.ts";
import { planReport } from "./plan-report.ts";

/**
 * Plans, prints the plan, and writes the script where asked. Gives the exit code: 4 when there is something to mend.
 * Throws a UsageError before any root is read. Nothing of the script is run.
 */
export async function plan(options: PlanOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  if (options.quarantine !== undefined && options.script === undefined) {
    throw new UsageError("--quarantine is where a script moves things: it takes --script");
  }
  const script = options.script === undefined ? undefined : resolve(options.script);
  const quarantine = options.quarantine === undefined ? script && `${script}.quarantine` : resolve(options.quarantine);
  const inspected = await inspectAll(
    {
      ...options,
      tagTimes: false,
      tagHistory: true,
      everyFolder: true,
      staleUploadAge: Number.POSITIVE_INFINITY,
      outputs: { "--report": options.report, "--script": options.script, "--quarantine": quarantine },
    },
    startedAt,
    terminal,
  );
  const roots = inspected.inspections.map(({ root }) => root);
  const planned = planAll(
    inspected.inspections.map((inspection) => ({
      context: inspection.context,
      findings: inspection.findings,
      isIntact: intactness(terminal.fs, inspection),
    })),
  );
  const hasScript = script !== undefined && planned.steps.some(isScripted);
  const files = new ResultFiles(options.dryRun, terminal);
  let written: string | undefined;
  if (hasScript) {
    const input = { version: terminal.version, roots, steps: planned.steps, quarantine: quarantine! };
    // A dry run tells of the script that it would have written.
    if (files.write("--script", script, () => renderScript(input), 0o755) || options.dryRun) written = script;
  } else if (script !== undefined) {
    terminal.warn(`--script ${options.script} is not written: there is nothing that it could do`);
  }
  const report = planReport(inspected, planned, options, { script: written, quarantine }, startedAt, terminal);
  await files.writeReport(options.report, (format) => render(report, format, terminal));
  const incomplete = report.unreadable.length > 0 || !files.complete;
  const code = exitCode({ findings: report.steps.length > 0, incomplete });
  await print(options, code, (format) => render(report, format, terminal), terminal, files);
  return code;
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
