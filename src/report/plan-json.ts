// A plan as JSON: one object, a step a line; or an object a line.
import type { PlanStep } from "../recovery/steps.ts";
import { investigatedRootRecord, investigationRecord } from "./investigation-run.ts";
import { unreadableRecord } from "./json-records.ts";
import { listMember, member } from "./json-stream.ts";
import { line } from "./jsonl.ts";
import type { LeftReport, PlannedRoot, PlanReport } from "./plan-report.ts";

export function* renderPlanJson(report: PlanReport): Generator<string> {
  yield "{\n";
  for (const [key, value] of Object.entries(runOf(report))) yield member(key, value);
  yield* listMember("roots", report.roots, rootRecord);
  yield* listMember("steps", report.steps, stepRecord);
  yield* listMember("left", report.left, leftRecord);
  yield* listMember("unreadable", report.unreadable, unreadableRecord);
  yield member("summary", report.summary, "\n");
  yield "}\n";
}

export function* renderPlanJsonLines(report: PlanReport): Generator<string> {
  for (const root of report.roots) yield line("root", rootRecord(root));
  for (const step of report.steps) yield line("step", stepRecord(step));
  for (const left of report.left) yield line("left", leftRecord(left));
  for (const unreadable of report.unreadable) yield line("unreadable", unreadableRecord(unreadable));
  yield line("summary", { ...runOf(report), ...report.summary });
}

function runOf(report: PlanReport) {
  const { verdict, contentVerified, script, quarantine } = report;
  return { ...investigationRecord(report), verdict, contentVerified, script, quarantine };
}

function rootRecord(root: PlannedRoot) {
  const { healedByScript, healedByPush, toRebuild } = root;
  return { ...investigatedRootRecord(root), healedByScript, healedByPush, toRebuild };
}

/** Keys in one order, whatever the kind; those that a kind does not have are left out. */
function stepRecord(step: PlanStep) {
  const { kind, root, message, affects, heals, ...about } = step;
  return { kind, root, ...about, message, affects, heals };
}

function leftRecord({ root, code, count, reason }: LeftReport) {
  return { root, code, count, reason };
}
