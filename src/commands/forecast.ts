// regfsck forecast: what the tag clean-up and the collection of tonight would delete, and which images that breaks.
import type { ForecastOptions } from "../config/forecast-options.ts";
import { inspectAll } from "../inspect/inspect-all.ts";
import { print, ResultFiles } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { render } from "../report/index.ts";
import { imagesToRemove } from "./clean-up.ts";
import { exitCode } from "./exit-code.ts";
import { forecastReport } from "./forecast-report.ts";

/** Forecasts and prints. Gives the exit code: 4 when a tag would break or the collection would abort. */
export async function forecast(options: ForecastOptions, terminal: Terminal): Promise<number> {
  const startedAt = terminal.now();
  const removedImages = imagesToRemove(options);
  const inspected = await inspectAll(
    {
      ...options,
      // Collection sees every repository, so every one is read, whatever is reported on.
      repositories: [],
      verifyContent: false,
      tagTimes: options.keepTags !== undefined,
      tagHistory: options.deleteUntagged,
      everyFolder: true,
      staleUploadAge: Number.POSITIVE_INFINITY,
      outputs: { "--report": options.report },
    },
    startedAt,
    terminal,
  );
  const report = forecastReport(inspected, { ...options, removedImages }, startedAt, terminal);
  const files = new ResultFiles(options.dryRun, terminal);
  await files.writeReport(options.report, (format) => render(report, format, terminal));
  const incomplete = report.unreadable.length > 0 || !files.complete;
  const code = exitCode({ findings: report.verdict.startsWith("findings"), incomplete });
  await print(options, code, (format) => render(report, format, terminal), terminal, files);
  return code;
}
