// regfsck usage: who uses the space of a root, and what would be free without whom.
import { UsageError } from "../contract/errors.ts";
import type { UsageReport } from "../contract/usage.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { render, renderHtml } from "../report/index.ts";
import { indexFor } from "./index-file.ts";
import { beginRun, codeFor, endRun, reportHead } from "./run.ts";
import { spacesOf, usagesOf } from "./space.ts";
import { usageReport } from "./usage-report.ts";

/** Gives the exit code: 8 when something could not be read. Throws a UsageError for a glob that no repository matches. */
export async function usage(options: OptionsOf<"usage">, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal, { hasPage: true });
  const index = await indexFor({ ...options, file: options.readIndex }, terminal);
  // What is shared is known only once every repository is read.
  const { inspections, unreadable } = await inspectAll(options, { index }, run);
  const usages = usagesOf(inspections);
  const found = usageReport(usages, options);
  if (options.repositories.length > 0 && found.allEntries === 0) {
    throw new UsageError(`--repo ${options.repositories.join(" --repo ")}: no ${options.by} is left`);
  }
  const report: UsageReport = { ...reportHead("usage", run), ...found, unreadable };
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    page: () => renderHtml(report, spacesOf(inspections, usages)),
    code: codeFor(false, unreadable),
  });
}
