// regfsck why: who references a blob, up to the tags, and what a collection would do with it.
import type { WhyOptions } from "../config/why-options.ts";
import { parseDigestQuery } from "../config/why-options.ts";
import { investigatedRootRecord } from "../contract/run.ts";
import type { WhyReport } from "../contract/why.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import { print, ResultFiles } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { render } from "../report/index.ts";
import { exitCode } from "./exit-code.ts";
import { investigationRun } from "./investigation-run.ts";
import { resolveDigests } from "./why-digests.ts";
import { RootWitness } from "./why-report.ts";

/**
 * Answers for the digests in every root. Gives the exit code: 0 when answered, and that nothing knows a digest is an
 * answer too. Throws a UsageError for text that is no digest, and for a short one that is unknown or ambiguous.
 */
export async function why(options: WhyOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const queries = options.digests.map(parseDigestQuery);
  const { inspections, unreadable } = await inspectAll(
    {
      ...options,
      // Whoever may reference it is looked at, and all that a collection would meet.
      repositories: [],
      verifyContent: false,
      tagTimes: false,
      tagHistory: true,
      everyFolder: true,
      staleUploadAge: Number.POSITIVE_INFINITY,
      outputs: { "--report": options.report },
    },
    startedAt,
    terminal,
  );
  const digests = resolveDigests(
    queries,
    inspections.map(({ context }) => context.graph),
  );
  const witnesses = inspections.map((inspection) => new RootWitness(inspection));
  const blobs = digests.flatMap((digest) => witnesses.map((witness) => witness.blobReport(digest)));
  const report: WhyReport = {
    ...investigationRun("why", startedAt, options, terminal),
    roots: inspections.map(({ root }) => investigatedRootRecord(root)),
    blobs,
    unreadable,
  };
  const files = new ResultFiles(options.dryRun, terminal);
  await files.writeReport(options.report, (format) => render(report, format, terminal));
  const code = exitCode({ findings: false, incomplete: unreadable.length > 0 || !files.complete });
  await print(options, code, (format) => render(report, format, terminal), terminal, files);
  return code;
}
