// Runs `regfsck forecast` on a root and reads its JSON report, as far as the comparison needs it.
import { program, runToEnd } from "./report.ts";

export interface Forecast {
  outcome: "completes" | "aborts";
  aborts: { path: string; reason: string }[];
  marked: number;
  deletedManifests: string[];
  deletedBlobs: string[];
  /** `repository:tag` of what is whole now and broken afterwards. */
  breaks: string[];
}

type RootInReport = Omit<Forecast, "breaks"> & { breaks: { repository: string; tag: string }[] };

const patienceMs = 60_000;

/** The forecast, or what went wrong instead. */
export async function forecastRoot(root: string, deleteUntagged: boolean): Promise<Forecast | string> {
  const flags = ["forecast", "--format", "json", ...(deleteUntagged ? ["-m"] : [])];
  const { exitCode, stdout, stderr } = await runToEnd(process.execPath, [program, ...flags, root], patienceMs);
  if (exitCode === "timeout" || ![0, 4].includes(exitCode)) return `exit ${exitCode}: ${stderr.slice(0, 300)}`;
  const { roots } = JSON.parse(stdout) as { roots: RootInReport[] };
  const [forecast] = roots;
  if (!forecast) return "no root in the report";
  if ((exitCode === 4) !== (forecast.outcome === "aborts" || forecast.breaks.length > 0))
    return `exit ${exitCode} is odd`;
  return { ...forecast, breaks: forecast.breaks.map(({ repository, tag }) => `${repository}:${tag}`) };
}
