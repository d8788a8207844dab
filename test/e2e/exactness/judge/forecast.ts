// Runs `regfsck forecast` on a root and reads its JSON report, as far as the comparison needs it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { linkPath } from "../damage/site.ts";
import type { Tested } from "../tested.ts";
import { looksUnmounted } from "./mounts.ts";
import { program, runToEnd } from "./report.ts";
import { wholeRootFolders } from "./tags.ts";

export interface Forecast {
  outcome: "completes" | "aborts";
  aborts: { path: string; reason: string }[];
  marked: number;
  deletedManifests: string[];
  deletedBlobs: string[];
  deletedLayerLinks: string[];
  /** `repository:tag` of what is whole now and broken afterwards. */
  breaks: string[];
}

interface RootInReport extends Omit<Forecast, "breaks"> {
  refusedTags: unknown[];
  breaks: { repository: string; tag: string }[];
  /** What is taken from images that are broken already. */
  losesRepair: { repository: string; taken: { digest: string }[] }[];
}

const patienceMs = 60_000;

/** The forecast; what went wrong instead; or undefined where the root itself is not whole, and the program says so. */
export async function forecastRoot(
  root: string,
  deleteUntagged: boolean,
  registry: Tested["registry"] = "2",
): Promise<Forecast | string | undefined> {
  const flags = ["forecast", "--registry", registry, "--format", "json", ...(deleteUntagged ? ["-m"] : [])];
  const { exitCode, stdout, stderr } = await runToEnd(process.execPath, [program, ...flags, root], patienceMs);
  if (exitCode === "timeout" || ![0, 4, 8, 12].includes(exitCode)) return `exit ${exitCode}: ${stderr.slice(0, 300)}`;
  const { roots, unreadable } = JSON.parse(stdout) as { roots: RootInReport[]; unreadable: { path: string }[] };
  const unread = unreadable.filter(({ path }) => !looksUnmounted(root, path));
  const deeper = unread.find(({ path }) => !wholeRootFolders.has(path));
  if (deeper) return `could not read ${deeper.path}`;
  if (unread.length > 0) return undefined;
  if (exitCode >= 8 !== unreadable.length > 0) return `exit ${exitCode} for nothing`;
  const [forecast] = roots;
  if (!forecast) return "no root in the report";
  const { outcome, breaks, losesRepair, refusedTags } = forecast;
  const harms = outcome === "aborts" || breaks.length + losesRepair.length + refusedTags.length > 0;
  if ((exitCode & 4) !== (harms ? 4 : 0)) return `exit ${exitCode} is odd`;
  const stays = partThatStays(root, forecast);
  if (stays !== undefined) return `${stays} is said to be taken, and stays`;
  return { ...forecast, breaks: forecast.breaks.map(({ repository, tag }) => `${repository}:${tag}`) };
}

/** What the repository's link of a digest holds; the digest itself where it cannot be read. */
function linkedBy(root: string, repository: string, kind: "_layers" | "_manifests/revisions", digest: string): string {
  try {
    return readFileSync(join(root, linkPath(repository, kind, digest)), "latin1");
  } catch {
    return digest;
  }
}

/** A part that is said to be taken from a broken image, and that neither a deleted blob nor a deleted manifest is. */
function partThatStays(
  root: string,
  { losesRepair, deletedBlobs, deletedManifests, deletedLayerLinks }: RootInReport,
): string | undefined {
  const gone = new Set([...deletedBlobs, ...deletedManifests, ...deletedLayerLinks]);
  for (const { repository, taken } of losesRepair) {
    // A blob that is named by sha512 is stored, and deleted, by its sha256. And what is served by way of a link that names
    // another blob is not served any more once that one is gone, though its own blob may stay.
    const stays = taken.find(({ digest }) => {
      const linked = (["_layers", "_manifests/revisions"] as const).map((kind) =>
        linkedBy(root, repository, kind, digest),
      );
      const names = [digest, `${repository}@${digest}`, ...linked];
      return digest.startsWith("sha256:") && !names.some((name) => gone.has(name));
    });
    if (stays) return stays.digest;
  }
  return undefined;
}
