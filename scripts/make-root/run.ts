// Carries out a plan: checks that the folder is empty and the disk has room, lays the foundation, then shares the images
// out among processes.
import { fork } from "node:child_process";
import { mkdirSync, readdirSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { countPlan, type Plan } from "./plan.ts";
import { portionsOf, RootWriter } from "./write.ts";

export interface MadeRoot {
  inodes: number;
  seconds: number;
  processes: number;
}

/** What a helping process is sent: its part is every portion whose number leaves `share` when divided by `shares`. */
export interface Task {
  root: string;
  plan: Plan;
  share: number;
  shares: number;
}

/** Under this many inodes a process takes longer to start than the work takes. */
const inodesWorthProcesses = 100_000;

/**
 * Writes the root into `root`, which is made if it is not there.
 * @throws when the folder holds something, or the file system lacks inodes or space; nothing is written then.
 */
export async function makeRoot(root: string, plan: Plan, wantedProcesses = availableParallelism()): Promise<MadeRoot> {
  const begin = performance.now();
  requireEmpty(root);
  const lack = lackOfRoom(statfsSync(root), plan);
  if (lack !== null) throw new Error(`${root}: ${lack}`);
  const writer = new RootWriter(root, plan);
  writer.writeFoundation();
  const processes = estimateInodes(plan) < inodesWorthProcesses ? 1 : Math.max(1, wantedProcesses);
  let shared = 0;
  if (processes > 1) shared = await shareOut(root, plan, processes);
  else writeShare(writer, { root, plan, share: 0, shares: 1 });
  return { inodes: writer.inodes + shared, seconds: (performance.now() - begin) / 1000, processes };
}

/** Gives the inodes made. This process only waits, so that it can be interrupted; where one helper fails all end. */
async function shareOut(root: string, plan: Plan, shares: number): Promise<number> {
  const ending = new AbortController();
  const helpers = Array.from({ length: shares }, (_, share) => runHelper({ root, plan, share, shares }, ending.signal));
  try {
    return (await Promise.all(helpers)).reduce((sum, count) => sum + count, 0);
  } finally {
    ending.abort();
  }
}

export function writeShare(writer: RootWriter, task: Task): void {
  const portions = portionsOf(task.plan);
  for (let number = task.share; number < portions.length; number += task.shares) writer.writePortion(portions[number]!);
}

// A process, not a worker thread: what loads TypeScript here does not reach into worker threads on Node 20.
function runHelper(task: Task, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL("./helper.ts", import.meta.url), { signal });
    child.once("message", (inodes) => resolve(Number(inodes)));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`a process that helps to write the root ended early (${code})`)));
    child.send(task);
  });
}

function requireEmpty(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
}

/** Inodes that a plan takes, within a per cent: tags differ in the length of their history. */
export function estimateInodes(plan: Plan): number {
  const counts = countPlan(plan);
  const entries = counts.blobs + counts.layerLinks + counts.revisions;
  return 2 * entries + 7.2 * counts.tags + 9 * counts.repositories + 3 * counts.uploads + 300;
}

/** One line that says what the file system lacks for this plan, or null. A file or a folder takes a block each. */
export function lackOfRoom(
  disk: { files: number; ffree: number; bavail: number; bsize: number },
  plan: Plan,
): string | null {
  const inodes = Math.ceil(estimateInodes(plan) * 1.05);
  // Some file systems (btrfs) make inodes as they need them and say that they have none.
  if (disk.files > 0 && disk.ffree < inodes) {
    return `too few free inodes: ${disk.ffree.toLocaleString("en")}, and the root needs ${inodes.toLocaleString("en")}`;
  }
  const bytes = inodes * Math.min(disk.bsize, 4096);
  const free = disk.bavail * disk.bsize;
  if (free < bytes) return `too little free space: ${gibibytes(free)}, and the root needs ${gibibytes(bytes)}`;
  return null;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
