// regfsck usage: who uses the space of a root, and what would be free without whom.
import { UsageError } from "../contract/errors.ts";
import type { UsageReport } from "../contract/usage.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { render } from "../report/index.ts";
import { beginRun, codeFor, endRun, reportHead } from "./run.ts";
import { usageReport } from "./usage-report.ts";

/** Gives the exit code: 8 when something could not be read. Throws a UsageError for a glob that no repository matches. */
export async function usage(options: OptionsOf<"usage">, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal);
  // What is shared is known only once every repository is read.
  const { inspections, unreadable } = await inspectAll(options, {}, run);
  const found = usageReport(inspections, options);
  if (options.repositories.length > 0 && found.allEntries === 0) {
    throw new UsageError(`--repo ${options.repositories.join(" --repo ")}: no ${options.by} is left`);
  }
  const report: UsageReport = { ...reportHead("usage", run), ...found, unreadable };
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    code: codeFor(false, unreadable),
  });
}
