// regfsck usage: who uses the space of a root, and what would be free without whom.

import type { UsageOptions } from "../config/usage-options.ts";
import { UsageError } from "../contract/errors.ts";
import type { UsageReport } from "../contract/usage.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import { print, ResultFiles } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { render } from "../report/index.ts";
import { exitCode } from "./exit-code.ts";
import { investigationRun } from "./investigation-run.ts";
import { usageReport } from "./usage-report.ts";

/** Gives the exit code: 8 when something could not be read. Throws a UsageError for a glob that no repository matches. */
export async function usage(options: UsageOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const { inspections, unreadable } = await inspectAll(
    {
      ...options,
      // What is shared is known only once every repository is.
      repositories: [],
      verifyContent: false,
      tagTimes: false,
      tagHistory: false,
      everyFolder: false,
      staleUploadAge: Number.POSITIVE_INFINITY,
      outputs: { "--report": options.report },
    },
    startedAt,
    terminal,
  );
  const found = usageReport(inspections, options);
  if (options.repositories.length > 0 && found.allEntries === 0) {
    throw new UsageError(`--repo ${options.repositories.join(" --repo ")}: no ${options.by} is left`);
  }
  const report: UsageReport = {
    ...investigationRun("usage", startedAt, options, terminal),
    ...found,
    unreadable,
  };
  const files = new ResultFiles(options.dryRun, terminal);
  await files.writeReport(options.report, (format) => render(report, format, terminal));
  const code = exitCode({ findings: false, incomplete: unreadable.length > 0 || !files.complete });
  await print(options, code, (format) => render(report, format, terminal), terminal, files);
  return code;
}
