// Holds every go of the gate against the real collection: whatever it then takes, or does not get through, is a false go.
// And counts the price: where it did not say go although garbage collection would have done no harm.
import { copyFileSync, existsSync, lutimesSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NoRootError, UsageError } from "../../../../src/contract/errors.ts";
import { nodeFs } from "../../../../src/scan/fs/storage-fs.ts";
import { runProgram } from "../../../worlds/scan-world.ts";
import { repositoriesOnDisk } from "../client/names.ts";
import { applyDamages, gateDamageGroups } from "../damage/damages.ts";
import type { Difference } from "../judge/difference.ts";
import type { Comparison, ComparisonResult, Play, Stage } from "../round.ts";
import { listTree, repositoriesBase } from "../storage.ts";
import { type Collected, collectCopy, type Possessions, possessionsOf } from "./collected.ts";
import { harmOf } from "./harm.ts";
import { type OptionSet, optionSetsFor } from "./option-sets.ts";

const patienceMs = 5_000;

export interface GateRun {
  exitCode: number;
  reasons: string[];
  codes: string[];
}

/** Asks a gate about a root. Tests put a gate in its place that is wrong. */
export type AskGate = (root: string, flags: readonly string[]) => Promise<GateRun>;

// In this process: to start one takes longer than the gate of so small a root.
const askGate: AskGate = async (root, flags) => {
  try {
    const { exitCode, printed } = await runProgram(nodeFs, ["gate", "--format", "json", ...flags, root]);
    const report = JSON.parse(printed) as { reasons?: string[]; scan?: { findings: { code: string }[] } };
    const codes = new Set(report.scan?.findings.map(({ code }) => code));
    return { exitCode, reasons: report.reasons ?? [], codes: [...codes] };
  } catch (error) {
    const isRefused = error instanceof NoRootError || error instanceof UsageError;
    return { exitCode: isRefused ? 16 : 1, reasons: [String(error)], codes: [] };
  }
};

const stateOf = (root: string) => `${root}.state.json`;
/** The report of a gate about the root before its damage. */
const healthyReportOf = (root: string) => `${root}.healthy.json`;
const lenient = ["--allow-broken", "--quiet-period", "0s"];

/** Makes a healthy root old, so that only what damages write is young. */
export async function makeOld(root: string): Promise<void> {
  const now = Date.now() / 1000;
  // One second each, so that no two tags are as old.
  for (const [position, { path }] of listTree(root).reverse().entries()) {
    lutimesSync(join(root, path), now - 48 * 3600 - position, now - 48 * 3600 - position);
  }
}

/** Makes it old, has a gate remember a complete run, and another report to a later look. */
async function prepareGate(root: string): Promise<void> {
  await makeOld(root);
  await askGate(root, [...lenient, "--state", stateOf(root)]);
  await askGate(root, [...lenient, "--max-delete", "100%", "--report", healthyReportOf(root)]);
}

export function compareGate(ask: AskGate = askGate): Comparison {
  return async (stage) => {
    const { root, walk } = stage;
    const result: ComparisonResult = { differences: [], counts: {}, notAskable: [] };
    const report = `${root}.gate.json`;
    const state = `${root}.now.json`;
    try {
      const plain = await ask(root, []);
      const tags = walk.tags.map(({ repository, tag }) => `${repository}:${tag}`);
      const turn = tags.length + plain.codes.length;
      const sets = optionSetsFor({ root, tags, codes: plain.codes, state }, turn);
      const before = await possessionsOf(root, patienceMs);
      const collected = new Map<string, Collected>();
      let rechecked = false;
      for (const set of sets) {
        if (existsSync(stateOf(root))) copyFileSync(stateOf(root), state);
        const gate = await ask(root, [...set.flags, "--report", report]);
        const key = JSON.stringify([set.untagged, set.removes]);
        const after = collected.get(key) ?? (await collectCopy(root, before, set, patienceMs));
        collected.set(key, after);
        const harm = harmOf(root, set, before, after);
        judge(stage, set, gate, harm, result);
        if (gate.exitCode !== 0 || harm !== undefined || rechecked) continue;
        rechecked = true;
        const { exitCode } = await ask(root, [...set.flags, "--recheck", report]);
        count(result, exitCode === 0 ? "recheck: go" : `price: recheck ends with ${exitCode}`);
      }
      const plainly = collected.get(JSON.stringify([false, []]));
      if (plainly) await recheckAfterDamage(stage, { before, after: plainly }, ask, result);
      await recheckAfterPush(root, report, ask, result);
      result.differences = byText(result.differences);
    } finally {
      const files = [report, state, stateOf(root), healthyReportOf(root), `${root}.accepted.yaml`];
      for (const file of files) rmSync(file, { force: true });
    }
    return result;
  };
}

export const gatePlay: Play = {
  comparisons: [compareGate()],
  groups: gateDamageGroups,
  // Damage upon damage makes every gate stop, which tells little about a go.
  damagesPerRoot: { min: 1, max: 3 },
  prepare: prepareGate,
};

function judge(stage: Stage, set: OptionSet, gate: GateRun, harm: string | undefined, result: ComparisonResult): void {
  const words: Record<string, string> = { 0: "go", 4: "stop", 8: "undecided" };
  const said = words[gate.exitCode] ?? `exit ${gate.exitCode}`;
  count(result, `gate: ${said}${harm === undefined ? "" : " (harmful)"}`);
  if (said === "go" && harm !== undefined) {
    result.differences.push({ sort: "false go", text: `${harm} [${set.name}]` });
  }
  if (said === "go" || harm !== undefined) return;
  for (const reason of new Set(gate.reasons.map(shapeOf))) count(result, `price: ${said}: ${reason}`);
  // A clean-up may take from a healthy world too: the tag pushed last, a signature. And -m may take more than half.
  const isAsked = set.removes.length > 0 || gate.reasons.every((reason) => reason.includes("--max-delete"));
  if (!stage.damaged && !isAsked && !hasUnseenRepository(stage.root)) {
    result.differences.push({
      sort: "no go for a healthy world",
      text: `${said}: ${gate.reasons.join("; ")} [${set.name}]`,
    });
  }
}

/** One that nothing but an index without children was pushed to: the registry itself does not list it, and collects it away. */
function hasUnseenRepository(root: string): boolean {
  return repositoriesOnDisk(root).some((name) => !existsSync(join(root, repositoriesBase, name, "_layers")));
}

/** One difference where many option sets have the same. */
function byText(differences: readonly Difference[]): Difference[] {
  const sets = new Map<string, { sort: Difference["sort"]; names: string[] }>();
  for (const { sort, text } of differences) {
    const [, what = text, name = ""] = /^(.*) \[(.*)\]$/s.exec(text) ?? [];
    const { names } = sets.get(what) ?? sets.set(what, { sort, names: [] }).get(what)!;
    names.push(name);
  }
  return [...sets].map(([what, { sort, names }]) => ({ sort, text: `${what} [${names.join(", ")}]` }));
}

/** Damage that comes between a gate's go and the collection. Of owners, modes and what is immutable, at which it only ends, a re-check sees nothing. */
async function recheckAfterDamage(
  { root }: Stage,
  { before, after }: { before: Possessions; after: Collected },
  ask: AskGate,
  result: ComparisonResult,
): Promise<void> {
  if (!existsSync(healthyReportOf(root))) return;
  const { exitCode } = await ask(root, [...lenient, "--recheck", healthyReportOf(root)]);
  const harm = harmOf(root, { removes: [], untagged: false }, before, after);
  count(result, `recheck after damage: exit ${exitCode}${harm === undefined ? "" : " (harmful)"}`);
  if (exitCode !== 0 || harm === undefined || /permission denied|operation not permitted/.test(harm)) return;
  result.differences.push({ sort: "false go", text: `${harm} [--recheck after damage]` });
}

/** A layer that comes between a gate's go and the collection: the report must not hold any more. */
async function recheckAfterPush(root: string, report: string, ask: AskGate, result: ComparisonResult): Promise<void> {
  if ((await ask(root, [...lenient, "--report", report])).exitCode !== 0) return;
  const [pushed] = applyDamages(root, [{ kind: "push-cut-after-layer-links", at: 0, other: 0 }]);
  if (pushed?.target === undefined) return;
  const { exitCode } = await ask(root, [...lenient, "--recheck", report]);
  count(result, `recheck after a push: exit ${exitCode}`);
  if (exitCode === 0) result.differences.push({ sort: "false go", text: "layers were pushed since [--recheck]" });
}

/** Reasons of one kind look the same without names, paths and numbers. */
function shapeOf(reason: string): string {
  return reason
    .replace(/^\S+: /, "")
    .replace(/"[^"]*"|\S*\/\S*|\S+:\S+/g, "…")
    .replace(/\d+/g, "N")
    .slice(0, 110);
}

function count(result: ComparisonResult, what: string): void {
  result.counts[what] = (result.counts[what] ?? 0) + 1;
}
