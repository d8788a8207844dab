// regfsck why: who references a blob, up to the tags, and what a garbage collection would do with it.
import { investigatedRootRecord } from "../contract/run.ts";
import type { WhyReport } from "../contract/why.ts";
import type { IndexUse } from "../inspect/index-use.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { render } from "../report/index.ts";
import { indexFor } from "./index-file.ts";
import { beginRun, codeFor, endRun, type Run, reportHead } from "./run.ts";
import { type Looked, lookAround } from "./why-around.ts";
import { type DigestQuery, parseDigestQuery, resolveDigests } from "./why-digests.ts";
import { RootWitness, witnessed } from "./why-report.ts";

/** `digests` are full or short ones, at least one. */
export type WhyOptions = OptionsOf<"why"> & { readonly digests: readonly string[] };

/**
 * Answers for the digests in every root. Gives the exit code: 0 when answered, and that nothing knows a digest is an
 * answer too. Throws a UsageError for an invalid digest, and for a short one that is unknown or ambiguous.
 */
export async function why(options: WhyOptions, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal);
  const queries = options.digests.map(parseDigestQuery);
  const index = await indexFor({ ...options, file: options.readIndex }, terminal);
  const { roots, digests, witnesses, unreadable } =
    (index && (await lookAround(queries, options, index, run))) ?? (await lookAtAll(queries, options, index, run));
  const blobs = digests.flatMap((digest) => witnesses.map((witness) => witness.blobReport(digest)));
  const report: WhyReport = {
    ...reportHead("why", run),
    roots: roots.map(investigatedRootRecord),
    blobs,
    unreadable,
  };
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    code: codeFor(false, unreadable),
  });
}

/** Whoever may reference it, and what a garbage collection would meet where a scan looks, and in the folders of the digests. */
async function lookAtAll(
  queries: readonly DigestQuery[],
  options: WhyOptions,
  index: IndexUse | undefined,
  run: Run,
): Promise<Looked> {
  const folders = queries.map(({ hex }) => hex);
  const { inspections, unreadable } = await inspectAll(options, { index, tagHistory: true, folders }, run);
  const graphs = inspections.map(({ context }) => context.graph);
  return {
    roots: inspections.map(({ root }) => root),
    digests: resolveDigests(queries, graphs),
    witnesses: inspections.map((inspection) => new RootWitness(witnessed(inspection))),
    unreadable,
  };
}
