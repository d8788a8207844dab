// Compares `regfsck forecast` with the registry: what its dry run says, and what really breaks when it collects.
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { connectTo } from "./client/http.ts";
import { brokenTagsOf, walkRegistry } from "./client/walk.ts";
import { collectDry, collectReally } from "./judge/collect.ts";
import type { Difference } from "./judge/difference.ts";
import { type Forecast, forecastRoot } from "./judge/forecast.ts";
import type { Comparison, ComparisonResult, Stage } from "./round.ts";
import { makeScratch } from "./scratch.ts";

const limitMs = 20_000;
const patienceMs = 30_000;

/** Aborts that a dry run does not come to, since it deletes nothing. */
const whileDeleting = new Set([
  "twice-deleted",
  "unreadable-history",
  "displaced-blob",
  "twice-unlinked",
  "shared-layers",
]);
/** What goes in no order: one that stops it half-way there leaves less broken than was to be feared. */
const inNoOrder = new Set(["displaced-blob", "twice-unlinked", "shared-layers"]);

export const compareForecast: Comparison = async (stage: Stage): Promise<ComparisonResult> => {
  const result: ComparisonResult = { differences: [], counts: {}, notAskable: [] };
  for (const deleteUntagged of [false, true]) {
    const forecast = await forecastRoot(stage.root, deleteUntagged, stage.tested.registry);
    if (typeof forecast === "string") {
      result.differences.push({ sort: "crash", text: `forecast: ${forecast}` });
      continue;
    }
    if (forecast === undefined) {
      result.counts["forecast: root not whole"] = (result.counts["forecast: root not whole"] ?? 0) + 1;
      continue;
    }
    const label = deleteUntagged ? "forecast -m" : "forecast";
    const dry = await compareDryRun(stage, deleteUntagged, forecast, result);
    const count = (what: string) => {
      result.counts[`${label}: ${what}`] = (result.counts[`${label}: ${what}`] ?? 0) + 1;
    };
    count(dry);
    if (dry !== "hangs") count(await compareCollection(stage, deleteUntagged, forecast, result.differences));
  }
  return result;
};

/** What became of the registry's dry run, for the final table. */
async function compareDryRun(
  { root, tested }: Stage,
  deleteUntagged: boolean,
  forecast: Forecast,
  { differences }: ComparisonResult,
): Promise<"completes" | "aborts" | "hangs"> {
  const differ = (text: string) =>
    differences.push({ sort: "forecast differs", text: `${deleteUntagged ? "-m " : ""}${text}` });
  const dry = await collectDry(root, deleteUntagged, limitMs, tested);
  if (dry.exitCode === "timeout") return "hangs";
  const stops = forecast.aborts.filter(({ reason }) => !whileDeleting.has(reason));
  if (dry.exitCode !== 0) {
    if (stops.length === 0) differ(`the dry run aborts: ${dry.stderr.trim().split("\n")[0]}`);
    return "aborts";
  }
  if (stops.length > 0) {
    differ(`the dry run completes; foreseen: ${stops.map(({ path, reason }) => `${reason} ${path}`).join(", ")}`);
    return "completes";
  }
  const said = /^(\d+) blobs marked, (\d+) blobs and (\d+) manifests/m.exec(dry.stdout);
  if (Number(said?.[1]) !== forecast.marked) differ(`${said?.[1]} marked, foreseen ${forecast.marked}`);
  if (forecast.outcome === "aborts") return "completes";
  compareSets("blobs", eligible(dry.stdout, "blob"), forecast.deletedBlobs, differ);
  compareSets("manifests", eligibleManifests(dry.stdout), forecast.deletedManifests, differ);
  compareSets("layer links", eligibleLayerLinks(dry.stdout), forecast.deletedLayerLinks, differ);
  return "completes";
}

/** Collects on a copy, and compares what no longer pulls with what was foreseen. */
async function compareCollection(
  { root, tested, walk }: Stage,
  deleteUntagged: boolean,
  forecast: Forecast,
  differences: Difference[],
): Promise<string> {
  const copy = await makeScratch("exactness-collected");
  try {
    await promisify(execFile)("cp", ["-a", `${root}/.`, copy]);
    const run = await collectReally(copy, deleteUntagged, limitMs, tested);
    if (run.exitCode === "timeout") return "collection hangs";
    const outcome = run.exitCode === 0 ? "completes" : "aborts";
    const differ = (text: string) =>
      differences.push({ sort: "forecast differs", text: `${deleteUntagged ? "-m " : ""}collected: ${text}` });
    if (outcome !== forecast.outcome) differ(`it ${outcome}: ${run.stderr.trim().split("\n")[0]}`);
    const after = await withRegistry({ root: copy, program: tested.program }, async (url) => {
      const client = connectTo(url, patienceMs);
      try {
        return brokenTagsOf(await walkRegistry(client, copy));
      } finally {
        client.close();
      }
    });
    const before = new Set(brokenTagsOf(walk));
    const broken = after.filter((tag) => !before.has(tag));
    const feared = forecast.aborts.some(({ reason }) => inNoOrder.has(reason));
    const foreseen = feared ? forecast.breaks.filter((tag) => broken.includes(tag)) : forecast.breaks;
    compareSets("broken tags", new Set(broken), foreseen, differ);
    return `collection ${outcome}${broken.length > 0 ? " and breaks" : ""}`;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function compareSets(
  what: string,
  real: ReadonlySet<string>,
  foreseen: readonly string[],
  differ: (text: string) => void,
) {
  const missed = [...real].filter((item) => !foreseen.includes(item));
  const invented = foreseen.filter((item) => !real.has(item));
  if (missed.length > 0) differ(`${what} not foreseen: ${missed.join(" ")}`);
  if (invented.length > 0) differ(`${what} foreseen for nothing: ${invented.join(" ")}`);
}

function eligible(stdout: string, what: string): Set<string> {
  return new Set(
    [...stdout.matchAll(new RegExp(`^${what} eligible for deletion: (\\S+)$`, "gm"))].map(([, digest]) => digest!),
  );
}

/** `repository@digest`. */
function eligibleLayerLinks(stdout: string): Set<string> {
  const lines = stdout.matchAll(/^(\S+): layer link eligible for deletion: (\S+)$/gm);
  return new Set([...lines].map(([, repository, digest]) => `${repository}@${digest}`));
}

/** `repository@digest`; the dry run of 2.8 says the repository first, that of 3 with each digest. */
function eligibleManifests(stdout: string): Set<string> {
  const manifests = new Set<string>();
  let repository = "";
  for (const line of stdout.split("\n")) {
    const [, own = repository, digest] =
      /^manifest eligible for deletion: (?:\{(\S+) )?(\S+)(?: \[.*)?$/.exec(line) ?? [];
    if (digest !== undefined) manifests.add(`${own}@${digest}`);
    else if (/^[^\s:]+$/.test(line)) repository = line;
  }
  return manifests;
}
