// regfsck why: who references a blob, up to the tags, and what a garbage collection would do with it.
import { investigatedRootRecord } from "../contract/run.ts";
import type { WhyReport } from "../contract/why.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { render } from "../report/index.ts";
import { beginRun, codeFor, endRun, reportHead } from "./run.ts";
import { parseDigestQuery, resolveDigests } from "./why-digests.ts";
import { RootWitness } from "./why-report.ts";

/** `digests` are full or short ones, at least one. */
export type WhyOptions = OptionsOf<"why"> & { readonly digests: readonly string[] };

/**
 * Answers for the digests in every root. Gives the exit code: 0 when answered, and that nothing knows a digest is an
 * answer too. Throws a UsageError for an invalid digest, and for a short one that is unknown or ambiguous.
 */
export async function why(options: WhyOptions, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal);
  const queries = options.digests.map(parseDigestQuery);
  // Whoever may reference it is looked at, and all that a garbage collection would meet.
  const { inspections, unreadable } = await inspectAll(options, { tagHistory: true, everyFolder: true }, run);
  const graphs = inspections.map(({ context }) => context.graph);
  const digests = resolveDigests(queries, graphs);
  const witnesses = inspections.map((inspection) => new RootWitness(inspection));
  const blobs = digests.flatMap((digest) => witnesses.map((witness) => witness.blobReport(digest)));
  const report: WhyReport = {
    ...reportHead("why", run),
    roots: inspections.map(({ root }) => investigatedRootRecord(root)),
    blobs,
    unreadable,
  };
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    code: codeFor(false, unreadable),
  });
}
