// Holds scans and forecasts that use an index of the root before its damage against those that read all; and then lets a
// file change with no time changing, which the next night that reads all must find.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NoRootError, UsageError } from "../../../../src/contract/errors.ts";
import { nodeFs, type StorageFs } from "../../../../src/scan/fs/storage-fs.ts";
import { flipped, UnseenChanges } from "../../../worlds/later.ts";
import { runProgram } from "../../../worlds/scan-world.ts";
import type { ComparisonResult, RoundPlan } from "../round.ts";
import { listTree } from "../storage.ts";

const HOUR = 3_600_000;

const indexOf = (root: string) => `${root}.index`;

interface Answer {
  /** The report without what depends on when and how it was read, and the exit code. */
  readonly said: string;
  /** How many files were not read. */
  readonly taken: number;
}

/** Asks a command about the root, so many hours from now: nothing in it is young then. */
async function ask(command: string[], root: string, hours: number, fs: StorageFs = nodeFs): Promise<Answer> {
  try {
    const line = [...command, "--format", "json", root];
    const { exitCode, printed } = await runProgram(fs, line, Date.now() + hours * HOUR);
    const report = JSON.parse(printed);
    let taken = 0;
    for (const one of report.roots) {
      for (const count of Object.values<number>(one.evidence?.taken ?? {})) taken += count;
      delete one.evidence;
    }
    for (const field of ["runId", "startedAt", "durationMs"]) delete report[field];
    return { said: JSON.stringify({ exitCode, report }, undefined, 1), taken };
  } catch (error) {
    if (error instanceof NoRootError || error instanceof UsageError) return { said: error.message, taken: 0 };
    throw error;
  }
}

/** Has a scan write the index of a root that nothing is wrong with yet. */
export async function indexRoot(root: string): Promise<void> {
  await ask(["scan", "--index", indexOf(root)], root, 1);
}

export async function compareIndex(root: string, plan: RoundPlan): Promise<ComparisonResult> {
  const result: ComparisonResult = { differences: [], counts: {}, notAskable: [] };
  const count = (name: string, by = 1) => {
    result.counts[name] = (result.counts[name] ?? 0) + by;
  };
  const index = indexOf(root);
  const copy = `${root}.copy.index`;
  const withIndex = (...options: string[]) => {
    // Each of them finds the same index, whatever the one before wrote.
    copyFileSync(index, copy);
    return ["--index", copy, ...options];
  };
  const compare = async (name: string, command: string[], options: string[], fs?: StorageFs) => {
    const [read, taken] = [
      await ask(command, root, 2, fs),
      await ask([...command, ...withIndex(...options)], root, 2, fs),
    ];
    count(`${name}: asked`);
    count(`${name}: files not read`, taken.taken);
    if (read.said === taken.said) return true;
    result.differences.push({ sort: "index", text: `${name}: ${firstDifference(read.said, taken.said)}` });
    return false;
  };
  try {
    if (!existsSync(index)) return result;
    await compare("scan", ["scan"], []);
    await compare("forecast", ["forecast", "-m"], []);
    // The night after that has the index of the damaged root.
    copyFileSync(copy, index);
    await compare("scan of the next night", ["scan", "--index-full-every", "99"], []);
    const { fs, path } = rot(root, plan);
    if (path === undefined) return result;
    const [truth, night] = [
      await ask(["scan"], root, 3, fs),
      await ask(["scan", ...withIndex("--index-full-every", "99")], root, 3, fs),
    ];
    count(`changed with no time changing: ${truth.said === night.said ? "no other verdict" : "not seen that night"}`);
    if (await compare("full night", ["scan"], ["--index-full-every", "1"], fs)) {
      if (truth.said !== night.said) count("changed with no time changing: found by the full night");
    }
    return result;
  } finally {
    for (const file of [index, copy]) rmSync(file, { force: true });
  }
}

/** Changes a byte of one of the root's links or small blobs, and shows the stat of before. */
function rot(root: string, plan: RoundPlan): { readonly fs: StorageFs; readonly path: string | undefined } {
  const unseen = new UnseenChanges(nodeFs);
  const files = listTree(root).filter(({ path, kind }) => kind === "file" && /\/(?:link|data)$/.test(path));
  if (files.length === 0) return { fs: nodeFs, path: undefined };
  const draw = createHash("sha256").update(JSON.stringify(plan)).digest().readUInt32LE();
  const { path } = files[draw % files.length]!;
  const file = join(root, path);
  unseen.change(file, () => writeFileSync(file, flipped(readFileSync(file), draw >>> 8)));
  return { fs: unseen.fs, path };
}

function firstDifference(read: string, taken: string): string {
  const [one, other] = [read.split("\n"), taken.split("\n")];
  const at = one.findIndex((line, number) => line !== other[number]);
  return `reading all:\n${one.slice(at, at + 12).join("\n")}\nwith the index:\n${other.slice(at, at + 12).join("\n")}`;
}
