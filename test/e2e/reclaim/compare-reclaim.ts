// Holds what reclaim offers against the real thing: its script against a real registry, then a real garbage collection, and
// the same by way of the quarantine; and looks by brute force for more that could have gone.
import { execFile } from "node:child_process";
import { existsSync, lstatSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { deleteManifest } from "../../../scripts/registry/client.ts";
import { withRegistry } from "../../../scripts/registry/server.ts";
import { NoRootError, UsageError } from "../../../src/contract/errors.ts";
import type { ReclaimReport, RootReclaimReport } from "../../../src/contract/reclaim.ts";
import { nodeFs } from "../../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../../worlds/scan-world.ts";
import { runToEnd } from "../exactness/judge/report.ts";
import type { Comparison, ComparisonResult, Stage } from "../exactness/round.ts";
import { listTree } from "../exactness/storage.ts";
import { entriesBelow, lostContents, stateBelow } from "../plan/files.ts";
import { collectCounting, type Holdings, holdingsOf, lossOf, revisionsOn, tagsOn } from "./judge.ts";

const patienceMs = 600_000;
/** So many revisions of a round are tried that reclaim keeps and that no tag's own tree names. */
const mostTries = 3;

interface Found {
  exitCode: number;
  root: RootReclaimReport | undefined;
  error: string | undefined;
}

/** `shell` is the command that runs the scripts, in words. */
export function compareReclaim(shell: readonly string[] = ["sh"]): Comparison {
  return async (stage) => {
    const folder = await mkdtemp(join(dirname(stage.root), "reclaim-"));
    const result: ComparisonResult = { differences: [], counts: {}, notAskable: [] };
    try {
      await compare(stage, folder, shell, result);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return result;
  };
}

async function compare(stage: Stage, folder: string, shell: readonly string[], result: ComparisonResult) {
  const { root } = stage;
  const turn = stage.walk.tags.length + stage.world;
  const options = optionsFor(stage, turn);
  const differ = (text: string) => result.differences.push({ sort: "reclaim", text: `${text} [${options.join(" ")}]` });
  const files = { list: join(folder, "list"), script: join(folder, "delete.sh"), offline: join(folder, "move.sh") };
  // The offline script leaves alone what may have been written since; damage was written now.
  if (stage.damaged) await setTimeout(2_100);
  const state = stateBelow(root);
  const flags = ["--list", files.list, "--script", files.script, "--offline-script", files.offline];
  const found = await ask(root, [...options, ...flags]);
  if (JSON.stringify(stateBelow(root)) !== JSON.stringify(state)) differ("reclaim changed the root");
  count(result, `reclaim: exit ${found.exitCode}`);
  if (found.exitCode === 16) return;
  const offered = found.root;
  if (offered === undefined) return void differ(`no report: ${found.error}`);
  if (offered.refused.length > 0 || found.exitCode === 8) {
    const isLost = stage.world % 10 === 0 && offered.refused.some((why) => /would (?:break|delete more of)/.test(why));
    if (!stage.damaged && !isLost) differ(`refused a healthy world: ${offered.refused.join("; ")}`);
    const written = Object.values(files).filter((file) => existsSync(file));
    if (written.length > 0) differ(`refused, and wrote ${written.join(", ")}`);
    return;
  }
  const before = await holdingsOf(root);
  count(result, "manifests to delete", offered.manifests.length);
  count(result, "bytes to free", offered.freedBytes);
  const deleted = await judgeScript(stage, folder, files, shell, { offered, before, options }, differ, result);
  // Some damage gives the root to another user, as whom the script would have to be run.
  const isOwn = lstatSync(root).uid === process.getuid?.();
  if (offered.manifests.length > 0 && isOwn && existsSync(files.offline)) {
    await judgeOffline(root, folder, files.offline, deleted, shell, offered, differ);
    count(result, "offline scripts run");
  } else if (offered.manifests.length > 0)
    count(result, isOwn ? "offline script refused: symbolic links" : "root of another user");
  await lookForMore(stage, deleted, offered, before, differ, result);
}

/** Runs the script, collects, looks at what is left; gives the copy of the root on which that was done. */
async function judgeScript(
  { root }: Stage,
  folder: string,
  files: { list: string; script: string },
  [program = "sh", ...shellOptions]: readonly string[],
  { offered, before, options }: { offered: RootReclaimReport; before: Holdings; options: readonly string[] },
  differ: (text: string) => void,
  result: ComparisonResult,
): Promise<string> {
  const copy = await copyOf(root, join(folder, "deleted"));
  const going = new Set(offered.manifests.flatMap(({ tags }) => tags));
  if (offered.manifests.length > 0) {
    const state = JSON.stringify(stateBelow(copy));
    await withRegistry({ root: copy }, async (url) => {
      const run = (...more: string[]) => runToEnd(program, [...shellOptions, files.script, ...more, url], patienceMs);
      const dry = await run();
      if (dry.exitCode !== 0) differ(`a dry run ends with ${dry.exitCode}: ${dry.stdout}${dry.stderr}`);
      if (JSON.stringify(stateBelow(copy)) !== state) differ("a dry run changed the root");
      const applied = await run("--apply");
      const said = `\n${offered.manifests.length} deleted, 0 gone already, 0 left\n`;
      if (applied.exitCode !== 0 || !applied.stdout.endsWith(said)) {
        differ(`the script ends with ${applied.exitCode}: ${applied.stdout.slice(-300)}${applied.stderr}`);
      }
      const again = await run("--apply");
      if (again.exitCode !== 0) differ(`a second run ends with ${again.exitCode}: ${again.stdout}${again.stderr}`);
    });
    count(result, "scripts run");
  }
  const left = tagsOn(copy);
  const tags = [...tagsOn(root).keys()].filter((tag) => !left.has(tag)).sort();
  if (tags.join() !== [...going].sort().join())
    differ(`tags gone: ${tags.join()}; foretold: ${[...going].sort().join()}`);
  const freed = await collectCounting(copy);
  if (freed !== offered.freedBytes) differ(`freed ${freed}; foretold ${offered.freedBytes}`);
  const loss = lossOf(before, await holdingsOf(copy), going);
  if (loss !== undefined) differ(loss);
  const next = await ask(copy, options.includes("--remove-tag") ? options.slice(0, 2) : options);
  if (next.root === undefined || next.root.manifests.length > 0 || next.root.refused.length > 0) {
    differ(
      `a second reclaim is not empty: ${JSON.stringify(next.root?.manifests)} ${next.root?.refused} ${next.error}`,
    );
  }
  return copy;
}

/** The other way must leave the same. */
async function judgeOffline(
  root: string,
  folder: string,
  script: string,
  deleted: string,
  [program = "sh", ...shellOptions]: readonly string[],
  offered: RootReclaimReport,
  differ: (text: string) => void,
): Promise<void> {
  // It knows the root by its inode, so it is the root that is changed, and a copy that is put back.
  const kept = await copyOf(root, join(folder, "kept"));
  const files = entriesBelow(root);
  const run = (...more: string[]) => runToEnd(program, [...shellOptions, script, "--as-root", ...more], patienceMs);
  const state = JSON.stringify(stateBelow(root));
  const dry = await run();
  if (dry.exitCode !== 0) differ(`an offline dry run ends with ${dry.exitCode}: ${dry.stdout}${dry.stderr}`);
  if (JSON.stringify(stateBelow(root)) !== state) differ("an offline dry run changed the root");
  const applied = await run("--apply");
  if (applied.exitCode !== 0)
    differ(`the offline script ends with ${applied.exitCode}: ${applied.stdout}${applied.stderr}`);
  const lost = lostContents(files, [...entriesBelow(root), ...entriesBelow(`${script}.quarantine/moved`)]);
  if (lost.length > 0) differ(`gone, and not in the quarantine: ${lost[0]?.path}`);
  const again = await run("--apply");
  if (again.exitCode !== 0 || !/^0 done, \d+ in order already, 0 refused$/m.test(again.stdout)) {
    differ(`a second offline run does something: ${again.stdout}${again.stderr}`);
  }
  const freed = await collectCounting(root);
  if (freed !== offered.freedBytes) differ(`offline: freed ${freed}; foretold ${offered.freedBytes}`);
  const [one, other] = [filesOf(root), filesOf(deleted)];
  const odd = [...one.filter((file) => !other.includes(file)), ...other.filter((file) => !one.includes(file))];
  if (odd.length > 0) differ(`the two ways leave something else: ${odd.slice(0, 3).join(", ")}`);
  await rm(root, { recursive: true, force: true });
  await promisify(execFile)("cp", ["-a", kept, root]);
}

function filesOf(root: string): string[] {
  // The history of tags is nobody's.
  return listTree(root).flatMap(({ path, kind }) => (kind === "folder" ? [] : [path]));
}

/** Deletes what reclaim kept, one by one, each on a copy: that must hurt somebody. */
async function lookForMore(
  stage: Stage,
  root: string,
  { kept }: RootReclaimReport,
  original: Holdings,
  differ: (text: string) => void,
  result: ComparisonResult,
): Promise<void> {
  const reasons = new Map(kept.map(({ repository, digest, reason }) => [`${repository}@${digest}`, reason]));
  // Of what is damaged or shared nobody can say.
  const frozen = new Set(
    kept.flatMap(({ repository, reason }) => (reason === "damaged" || reason === "shared" ? [repository] : [])),
  );
  const before = await holdingsOf(root);
  const tags = tagsOn(root);
  const tagged = new Set([...tags].map(([tag, digest]) => `${tag.slice(0, tag.lastIndexOf(":"))}@${digest}`));
  const inTrees = new Set(
    [...original.stored].flatMap(([tag, digests]) => {
      const repository = tag.slice(0, tag.lastIndexOf(":"));
      return tags.has(tag) ? [...digests].map((digest) => `${repository}@${digest}`) : [];
    }),
  );
  // An index may have to stay because it is a layer, too; then it keeps its children.
  for (const name of [...inTrees]) {
    for (const path of before.served.get(name)?.keys() ?? []) {
      const [, repository, digest] = /^\/v2\/(.*)\/manifests\/(.*)$/.exec(path) ?? [];
      if (digest !== undefined) inTrees.add(`${repository}@${digest}`);
    }
  }
  const open = revisionsOn(root).filter(({ repository, digest }) => {
    const name = `${repository}@${digest}`;
    return !tagged.has(name) && !inTrees.has(name) && reasons.get(name) !== "young";
  });
  for (const [at, { repository, digest }] of open.slice(0, mostTries).entries()) {
    const copy = await copyOf(root, `${root}-${at}`);
    try {
      const answer = await withRegistry({ root: copy }, (url) =>
        deleteManifest(url, repository, digest).then(
          () => undefined,
          (error: Error) => error.message,
        ),
      );
      const freed = answer ?? (await collectCounting(copy));
      const loss = typeof freed === "string" ? freed : lossOf(before, await holdingsOf(copy), new Set());
      const reason = reasons.get(`${repository}@${digest}`);
      count(result, `kept as ${reason}: ${loss === undefined ? "could have gone" : "needed"}`);
      if (loss !== undefined || frozen.has(repository) || (stage.damaged && reason === "repair")) continue;
      differ(`could have gone: ${repository}@${digest}, kept as ${reason}`);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }
}

function optionsFor({ walk, damaged }: Stage, turn: number): string[] {
  // All of a healthy world is old; damage writes what is young.
  const age = damaged && turn % 2 === 0 ? ["--older-than", "24h"] : ["--older-than", "0s"];
  const tag = walk.tags[turn % Math.max(1, walk.tags.length)];
  if (turn % 3 === 1) return [...age, "--keep-tags", String(1 + (turn % 2))];
  if (turn % 3 === 2 && tag !== undefined) return [...age, "--remove-tag", `${tag.repository}:${tag.tag}`];
  return age;
}

async function ask(root: string, flags: readonly string[]): Promise<Found> {
  try {
    const { exitCode, printed } = await runProgram(nodeFs, ["reclaim", "--format", "json", ...flags, root]);
    return { exitCode, root: (JSON.parse(printed) as ReclaimReport).roots[0], error: undefined };
  } catch (error) {
    const isRefused = error instanceof NoRootError || error instanceof UsageError;
    return { exitCode: isRefused ? 16 : 1, root: undefined, error: String((error as Error).stack) };
  }
}

async function copyOf(root: string, copy: string): Promise<string> {
  if (lstatSync(copy, { throwIfNoEntry: false })) await rm(copy, { recursive: true });
  await promisify(execFile)("cp", ["-a", root, copy]);
  return copy;
}

function count(result: ComparisonResult, what: string, by = 1): void {
  result.counts[what] = (result.counts[what] ?? 0) + by;
}
