// Runs `regfsck forecast` on a root and reads its JSON report, as far as the comparison needs it.
import { program, runToEnd } from "./report.ts";
import { wholeRootFolders } from "./tags.ts";

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

/** The forecast; what went wrong instead; or undefined where the root itself is not whole, and the program says so. */
export async function forecastRoot(root: string, deleteUntagged: boolean): Promise<Forecast | string | undefined> {
  const flags = ["forecast", "--format", "json", ...(deleteUntagged ? ["-m"] : [])];
  const { exitCode, stdout, stderr } = await runToEnd(process.execPath, [program, ...flags, root], patienceMs);
  if (exitCode === "timeout" || ![0, 4, 8, 12].includes(exitCode)) return `exit ${exitCode}: ${stderr.slice(0, 300)}`;
  const { roots, unreadable } = JSON.parse(stdout) as { roots: RootInReport[]; unreadable: { path: string }[] };
  const unread = unreadable.find(({ path }) => !wholeRootFolders.has(path));
  if (unread) return `could not read ${unread.path}`;
  if (exitCode >= 8) return unreadable.length > 0 ? undefined : `exit ${exitCode} for nothing`;
  const [forecast] = roots;
  if (!forecast) return "no root in the report";
  if ((exitCode === 4) !== (forecast.outcome === "aborts" || forecast.breaks.length > 0))
    return `exit ${exitCode} is odd`;
  return { ...forecast, breaks: forecast.breaks.map(({ repository, tag }) => `${repository}:${tag}`) };
}
