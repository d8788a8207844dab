// Deletes on a copy by real clients, collects it for real, and compares with `regfsck forecast --delete`: each answer, each
// tag that is gone, each image that is broken at once and afterwards, each blob and byte that is freed.
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { withRegistry } from "../../../../scripts/registry/server.ts";
import { nodeFs } from "../../../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../../../worlds/scan-world.ts";
import { connectTo } from "../client/http.ts";
import { brokenTagsOf, type Walk, walkRegistry } from "../client/walk.ts";
import { collectReally } from "../judge/collect.ts";
import type { Comparison, ComparisonResult, Stage } from "../round.ts";
import { makeScratch } from "../scratch.ts";
import { repositoriesBase } from "../storage.ts";
import { type Deleted, deleteImage, nameOf, storedBlobs } from "./deleting.ts";
import { type Drawn, drawDeletes } from "./draw-deletes.ts";

const limitMs = 20_000;
const patienceMs = 30_000;

interface Foretold {
  outcome: "completes" | "aborts";
  aborts: { reason: string }[];
  deletes: { image: string; answer: string; tags: string[] }[];
  breaks: { repository: string; tag: string; phase: "delete" | "garbage-collection" }[];
  deletedBlobs: string[];
  deletedBytes: number;
}

/** Asks for a forecast. Tests put one in its place that is wrong. */
export type AskForecast = (root: string, flags: readonly string[]) => Promise<{ exitCode: number; roots: Foretold[] }>;

export const askForecast: AskForecast = async (root, flags) => {
  const { exitCode, printed } = await runProgram(nodeFs, ["forecast", "--format", "json", ...flags, root]);
  return { exitCode, ...(JSON.parse(printed) as { roots: Foretold[] }) };
};

export function compareDeletes(ask: AskForecast = askForecast): Comparison {
  return async (stage) => {
    const result: ComparisonResult = { differences: [], counts: {}, notAskable: [] };
    const drawn = drawDeletes(stage.root, stage.world, stage.walk);
    if (drawn.deletes.length === 0) {
      count(result, "nothing to delete");
      return result;
    }
    for (const untagged of [false, true]) await compareOnce(stage, drawn, untagged, ask, result);
    return result;
  };
}

async function compareOnce(
  { root, walk }: Stage,
  drawn: Drawn,
  untagged: boolean,
  ask: AskForecast,
  result: ComparisonResult,
): Promise<void> {
  const flags = [
    ...(untagged ? ["-m"] : []),
    ...drawn.deletes.flatMap((one) => ["--delete", nameOf(one)]),
    ...(drawn.removedTag === undefined ? [] : ["--remove-tag", drawn.removedTag]),
  ];
  const { exitCode, roots } = await ask(root, flags);
  const [foretold] = roots;
  if (exitCode >= 8 || !foretold) return count(result, "incomplete root");
  const real = await deleteAndCollect(root, drawn, untagged);
  if (real === "hangs") return count(result, "hangs");
  const differ = (text: string) =>
    result.differences.push({ sort: "forecast differs", text: `${flags.join(" ")}: ${text}` });
  for (const [number, answer] of real.answers.entries()) {
    const { image, answer: said = "nothing" } = foretold.deletes[number] ?? { image: nameOf(drawn.deletes[number]!) };
    if (!fits(answer, said)) differ(`DELETE of ${image} is answered ${answer}, foreseen ${said}`);
    count(result, `delete: ${said}${drawn.deletes[number]!.bySkopeo ? " (skopeo)" : ""}`);
  }
  const had = new Set(tagsOf(walk));
  const gone = foretold.deletes.flatMap(({ tags }) => tags).filter((tag) => had.has(tag));
  compareSets(
    "tags gone",
    [...had].filter((tag) => !tagsOf(real.deleted).includes(tag)),
    gone,
    differ,
  );
  // A tag that is meant to go is no break, be it gone or left without its manifest.
  const meant = new Set([
    ...foretold.deletes.filter(({ answer }) => answer === "fails-half-way").map(({ image }) => image),
    ...drawn.deletes.map(nameOf).filter((name) => gone.includes(name)),
    ...(drawn.removedTag === undefined ? [] : [drawn.removedTag]),
  ]);
  const before = new Set(brokenTagsOf(walk));
  const lost = (now: Walk) => {
    const taken = [...had].filter((tag) => !tagsOf(now).includes(tag));
    return new Set([...brokenTagsOf(now), ...taken].filter((tag) => !before.has(tag) && !meant.has(tag)));
  };
  const breaks = foretold.breaks.map(({ repository, tag, phase }) => ({ name: `${repository}:${tag}`, phase }));
  const atOnce = breaks.filter(({ phase }) => phase === "delete").map(({ name }) => name);
  compareSets("broken at once", [...lost(real.deleted)], atOnce, differ);
  count(result, untagged ? "collections with -m" : "collections without -m");
  if (lost(real.deleted).size > 0) count(result, "broken at once", lost(real.deleted).size);
  if (real.outcome !== foretold.outcome)
    differ(`garbage collection ${real.outcome}, foreseen that it ${foretold.outcome}`);
  // Blobs go in random order: one that stops it among them leaves more than was to be feared.
  if (foretold.aborts.some(({ reason }) => reason === "displaced-blob")) return;
  compareSets("blobs", [...real.blobs.keys()], foretold.deletedBlobs, differ);
  const bytes = [...real.blobs.values()].reduce((sum, size) => sum + size, 0);
  if (bytes !== foretold.deletedBytes) differ(`${bytes} bytes freed, foreseen ${foretold.deletedBytes}`);
  compareSets(
    "broken",
    [...lost(real.collected)],
    breaks.map(({ name }) => name),
    differ,
  );
  count(result, "bytes freed", bytes);
  count(result, "tags gone", gone.length);
  if (lost(real.collected).size > 0) count(result, "broken in the end", lost(real.collected).size);
}

interface Real {
  answers: Deleted[];
  /** What clients find after the deletes, and after the garbage collection. */
  deleted: Walk;
  collected: Walk;
  outcome: "completes" | "aborts";
  /** The blobs that are gone, and their bytes. */
  blobs: Map<string, number>;
}

async function deleteAndCollect(
  root: string,
  { deletes, removedTag }: Drawn,
  untagged: boolean,
): Promise<Real | "hangs"> {
  const copy = await makeScratch("exactness-deletes");
  try {
    await promisify(execFile)("cp", ["-a", `${root}/.`, copy]);
    const answers: Deleted[] = [];
    const deleted = await served(copy, async (url, client) => {
      for (const one of deletes) answers.push(await deleteImage(url, client, one));
    });
    if (removedTag !== undefined) {
      const at = removedTag.lastIndexOf(":");
      const tag = `${removedTag.slice(0, at)}/_manifests/tags/${removedTag.slice(at + 1)}`;
      await rm(join(copy, repositoriesBase, tag), { recursive: true, force: true });
    }
    const had = storedBlobs(copy);
    const { exitCode } = await collectReally(copy, untagged, limitMs);
    if (exitCode === "timeout" || answers.includes("timeout")) return "hangs";
    const left = storedBlobs(copy);
    const blobs = new Map([...had].filter(([digest]) => !left.has(digest)));
    const collected = await served(copy, async () => {});
    return { answers, deleted, collected, outcome: exitCode === 0 ? "completes" : "aborts", blobs };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Has the registry serve the root, does something with it, and walks all tags. */
function served(
  root: string,
  act: (url: string, client: ReturnType<typeof connectTo>) => Promise<void>,
): Promise<Walk> {
  return withRegistry({ root }, async (url) => {
    const client = connectTo(url, patienceMs);
    try {
      await act(url, client);
      return await walkRegistry(client, root);
    } finally {
      client.close();
    }
  });
}

function fits(real: Deleted, foreseen: string): boolean {
  if (real === "skopeo fails") return foreseen !== "deleted";
  if (real === 202) return foreseen === "deleted";
  if (real === 404) return foreseen === "not-served";
  return foreseen.startsWith("fails");
}

function tagsOf({ tags }: Walk): string[] {
  return tags.map(({ repository, tag }) => `${repository}:${tag}`);
}

function compareSets(
  what: string,
  real: readonly string[],
  foreseen: readonly string[],
  differ: (text: string) => void,
) {
  const missed = real.filter((item) => !foreseen.includes(item));
  const invented = foreseen.filter((item) => !real.includes(item));
  if (missed.length > 0) differ(`${what}, not foreseen: ${missed.join(" ")}`);
  if (invented.length > 0) differ(`${what}, foreseen for nothing: ${invented.join(" ")}`);
}

function count(result: ComparisonResult, what: string, by = 1): void {
  result.counts[what] = (result.counts[what] ?? 0) + by;
}
