// regfsck forecast: what the tag clean-up and the garbage collection of tonight would delete, and which images that breaks.
import { inspectAll } from "../inspect/inspect-all.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../output/terminal.ts";
import { render } from "../report/index.ts";
import { imagesToRemove } from "./clean-up.ts";
import { collectionNeeds, forecastReport, forecastRoots } from "./forecast-report.ts";
import { beginRun, codeFor, endRun } from "./run.ts";

/** Forecasts and prints. Gives the exit code: 4 when a tag would break or the garbage collection would abort. */
export async function forecast(options: OptionsOf<"forecast">, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal);
  const removedImages = imagesToRemove(options);
  const inspected = await inspectAll(options, collectionNeeds(options), run);
  const reported = { ...options, removedImages };
  const forecasts = forecastRoots(inspected.inspections, reported);
  const report = forecastReport(forecasts, inspected.unreadable, reported, run);
  return endRun(run, {
    format: options.format,
    render: (format) => render(report, format, terminal),
    code: codeFor(report.verdict.startsWith("findings"), report.unreadable),
  });
}
