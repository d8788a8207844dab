// A copy or restore that left out a class of files: every layer link, or every blob of whole shards.
import { DiskState } from "../facts/facts.ts";
import type { RootGraph } from "../graph/root-graph.ts";
import { BLOBS, REPOSITORIES } from "../layout/paths.ts";
import type { PullProblem } from "../registry/serve/failure.ts";
import type { CauseContext, CauseDefinition, FoundCause } from "./cause.ts";
import { countMissing, unwantedChildren } from "./store.ts";

/** From so many repositories without one layer link, nobody deleted them one by one. */
const FEWEST_REPOSITORIES = 3;
/** From so many blobs and shards on, what is missing by shards is not missing by chance. */
const FEWEST_BLOBS = 12;
const FEWEST_SHARDS = 3;

export const partialRestore: CauseDefinition = {
  code: "partial-restore",
  meaning: "a whole class of files is missing: a copy or restore was cut off, or left it out",
  find: (context) => (context.kind === "cache" ? undefined : (withoutLayerLinks(context) ?? withoutShards(context))),
};

function withoutLayerLinks({ graph, path, findings }: CauseContext): FoundCause | undefined {
  const lacking = new Set<string>();
  for (const { found } of findings.of("unlinked-blob")) lacking.add((found as PullProblem).repository.name);
  if (lacking.size < FEWEST_REPOSITORIES) return undefined;
  for (const { layerLinks } of graph.repositories()) {
    for (const link of layerLinks) if (graph.layerLinks.state(link) !== DiskState.absent) return undefined;
  }
  return {
    message: `no repository has a layer link, though the images of ${lacking.size} need some: the restore left _layers out`,
    evidence: { repositories: lacking.size, layerLinks: 0 },
    fix: "restore every _layers folder of repositories/ from the same backup, then scan again; delete nothing until then",
    next: `regfsck scan ${path}`,
    unread: {
      path: REPOSITORIES,
      error: "without a single layer link, as if a restore left _layers out",
      ruins: false,
    },
    explains: ({ check }) => ["unlinked-blob", "unseen-repository"].includes(check.code),
  };
}

function withoutShards({ graph, path, pull, findings }: CauseContext): FoundCause | undefined {
  if (countMissing(findings) < FEWEST_BLOBS) return undefined;
  const unwanted = unwantedChildren(findings);
  const shards = countShards(graph, (digest) => pull.referenced.at(digest) === 1 && !unwanted.has(digest));
  // A shard with one blob says nothing: that blob may be missing for itself.
  const telling = [...shards].filter(([, { present, missing }]) => present + missing > 1);
  const gone = telling.filter(([, { present }]) => present === 0);
  const torn = telling.filter(([, { present, missing }]) => present > 0 && missing > 0);
  const missing = [...shards.values()].reduce((sum, shard) => sum + shard.missing, 0);
  const present = [...shards.values()].reduce((sum, shard) => sum + shard.present, 0);
  if (missing < FEWEST_BLOBS || present === 0 || gone.length < FEWEST_SHARDS || torn.length > 0) return undefined;
  const names = gone.map(([name]) => name).sort();
  return {
    message: `${missing} blobs are missing by whole shards (${names[0]} to ${names.at(-1)}), none in the others: the restore of blobs/ was cut off`,
    evidence: { missing, shards: gone.length, first: names[0]!, last: names.at(-1)! },
    fix: "run the restore of blobs/ to its end from the same backup, then scan again; delete nothing until then",
    next: `regfsck scan ${path}`,
    unread: {
      path: BLOBS,
      error: `shards ${names[0]} to ${names.at(-1)} lack all blobs, as if a restore was cut off`,
      ruins: false,
    },
    explains: ({ check }) =>
      ["missing-blob", "missing-child", "dangling-tag", "missing-manifest", "orphan-layer-link"].includes(check.code),
  };
}

/** The shards of an algorithm, which are called after a digest's first byte. */
const NAMES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** By shard, such as `4b`: how many of the blobs that something references are there, and how many are not. */
function countShards(graph: RootGraph, isWanted: (digest: number) => boolean) {
  const shards = new Map<string, { present: number; missing: number }>();
  for (let digest = 0; digest < graph.digests.length; digest++) {
    const state = graph.blobState(digest);
    if (graph.digests.algorithm(digest) !== "sha256" || !isWanted(digest)) continue;
    const name = NAMES[graph.digests.word(digest, 0) >>> 24]!;
    const shard = shards.get(name) ?? { present: 0, missing: 0 };
    shards.set(name, shard);
    if (state === DiskState.ok) shard.present++;
    else if (state === DiskState.absent) shard.missing++;
  }
  return shards;
}
